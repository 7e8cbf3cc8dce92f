package dev.millrace.broker.metadata;

/** Follows the cluster. */
public interface ImageSubscriber {

    /**
     * The image has changed. Called on the metadata loop, in the order of the entries; must not block.
     *
     * @param ready to be run once, by any thread, when what the change asks for has been done: the answer to the command that
     *     caused the change waits for it, so that a client finds what it created
     */
    void onImage(ImageChange change, Runnable ready);
}
