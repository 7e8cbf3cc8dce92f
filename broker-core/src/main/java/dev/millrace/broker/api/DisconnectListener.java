package dev.millrace.broker.api;

/** A handler that remembers something about connections. Called on the network loop of the one that has closed. */
public interface DisconnectListener {

    void onDisconnected(ApiRequest.Peer peer);
}
