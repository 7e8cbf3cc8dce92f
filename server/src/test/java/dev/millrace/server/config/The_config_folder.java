package dev.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.millrace.connect.pipeline.PipelineFile;
import dev.millrace.server.assembly.MillraceServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What users start from. Whether connectors know the settings of the layouts is for the example's specification of layouts. */
class The_config_folder {

    private static final Path CONFIG = Path.of("../config");

    @TempDir
    Path folder;

    static Stream<Path> files() throws IOException {
        return Files.walk(CONFIG).filter(Files::isRegularFile);
    }

    @ParameterizedTest
    @MethodSource("files")
    void has_no_unknown_keys(Path file) throws IOException {
        String name = file.getFileName().toString();
        if (name.endsWith(".properties")) {
            assertThatCode(() -> MillraceServer.check(ServerConfig.load(file, List.of())))
                    .doesNotThrowAnyException();
        } else {
            assertThat(name).endsWith(".yaml");
            assertThat(file.getParent()).hasFileName("layouts");
            Path pipeline = Files.writeString(
                    folder.resolve("pipeline.yaml"),
                    "connectors: {c: {connector.class: Csv, layout: %s}}".formatted(name.replace(".yaml", "")));
            assertThat(PipelineFile.read(pipeline, List.of(file.getParent()))
                            .resolve(Map.of(), Map.of())
                            .connectors()
                            .get("c"))
                    .containsKey("fields");
        }
    }

    @Test
    void says_what_holds_without_it() {
        assertThat(ServerConfig.load(CONFIG.resolve("server.properties"), List.of())
                        .roles())
                .isEqualTo(ServerConfig.load(null, List.of()).roles());
    }
}
