package dev.millrace.server.assembly;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;

/** Lets a request wait until the Connect worker runs. */
@Provider
public final class StartOnFirstRequest implements ContainerRequestFilter {

    private final ConnectService connect;

    StartOnFirstRequest(ConnectService connect) {
        this.connect = connect;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        connect.worker();
    }
}
