package dev.millrace.connect.worker;

import dev.millrace.connect.worker.storage.OffsetStore;
import dev.millrace.connect.worker.storage.PlanStore;
import dev.millrace.connect.worker.storage.StatusStore;
import dev.millrace.connect.worker.storage.StorageLog;

/** The log of the storage topics and what is in each. */
record WorkerStorage(StorageLog log, PlanStore plan, OffsetStore offsets, StatusStore statuses) {}
