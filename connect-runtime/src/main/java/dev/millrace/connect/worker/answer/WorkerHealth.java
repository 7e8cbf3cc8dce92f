package dev.millrace.connect.worker.answer;

import com.fasterxml.jackson.annotation.JsonIgnore;

/** Whether a worker can serve (KIP-1017). */
public record WorkerHealth(Status status, String message) {

    public enum Status {
        healthy,
        starting,
        unhealthy
    }

    @JsonIgnore
    public boolean isHealthy() {
        return status == Status.healthy;
    }
}
