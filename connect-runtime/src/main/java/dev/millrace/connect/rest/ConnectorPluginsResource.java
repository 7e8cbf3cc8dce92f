package dev.millrace.connect.rest;

import dev.millrace.connect.worker.ConnectWorker;
import dev.millrace.connect.worker.RequestRefused;
import dev.millrace.connect.worker.answer.ConfigValidation;
import dev.millrace.connect.worker.answer.PluginInfo;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /connector-plugins}. */
@Path("/connector-plugins")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class ConnectorPluginsResource {

    private final ConnectWorker worker;

    ConnectorPluginsResource(ConnectWorker worker) {
        this.worker = worker;
    }

    @GET
    public List<PluginInfo> list(@QueryParam("connectorsOnly") @DefaultValue("true") boolean connectorsOnly) {
        return worker.plugins(connectorsOnly);
    }

    @GET
    @Path("/{plugin}/config")
    public List<ConfigValidation.Definition> config(@PathParam("plugin") String plugin) {
        return worker.pluginConfig(plugin);
    }

    @PUT
    @Path("/{plugin}/config/validate")
    public ConfigValidation validate(@PathParam("plugin") String plugin, @Nullable Map<String, String> config) {
        if (config == null) {
            throw RequestRefused.badRequest("The body must be a JSON object of settings");
        }
        String named = config.get("connector.class");
        if (named != null && !withoutEnding(named).endsWith(withoutEnding(plugin))) {
            throw RequestRefused.badRequest(
                    "Included connector type " + named + " does not match request type " + plugin);
        }
        return worker.validate(config);
    }

    private static String withoutEnding(String plugin) {
        return plugin.endsWith("Connector") && !plugin.equals("Connector")
                ? plugin.substring(0, plugin.length() - "Connector".length())
                : plugin;
    }
}
