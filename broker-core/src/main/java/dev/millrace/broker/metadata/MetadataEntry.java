package dev.millrace.broker.metadata;

import java.util.List;

/**
 * What is appended to the metadata log in one piece: it holds altogether or not at all.
 *
 * @param controllerEpoch the term of the controller that decided
 * @param imageVersion of the image that it decided on. Who applies the entry ignores it when its image has another version:
 *     the entry of a controller that had lost its office, or of one that decided on an entry that got lost.
 */
public record MetadataEntry(int controllerEpoch, long imageVersion, List<MetadataEvent> events) {}
