package dev.millrace.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.millrace.server", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule packages_use_those_below_them_only = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("cli")
            .definedBy("dev.millrace.server.cli")
            .layer("run")
            .definedBy("dev.millrace.server.run")
            .layer("assembly")
            .definedBy("dev.millrace.server.assembly")
            .layer("http")
            .definedBy("dev.millrace.server.http")
            .layer("config")
            .definedBy("dev.millrace.server.config")
            .layer("logging")
            .definedBy("dev.millrace.server.logging")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("run")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("assembly")
            .mayOnlyBeAccessedByLayers("cli", "run")
            .whereLayer("http")
            .mayOnlyBeAccessedByLayers("assembly")
            .whereLayer("config")
            .mayOnlyBeAccessedByLayers("cli", "run", "assembly", "http")
            .whereLayer("logging")
            .mayOnlyBeAccessedByLayers("cli", "run");

    @ArchTest
    static final ArchRule only_the_assembly_knows_how_the_process_is_wired = noClasses()
            .that()
            .resideOutsideOfPackage("dev.millrace.server.assembly")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jakarta.inject..", "jakarta.enterprise..", "org.jboss.weld..");

    @ArchTest
    static final ArchRule only_the_assembly_knows_the_broker_inside = noClasses()
            .that()
            .resideOutsideOfPackage("dev.millrace.server.assembly")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.millrace.broker..");

    @ArchTest
    static final ArchRule only_http_knows_the_server_behind_it = noClasses()
            .that()
            .resideOutsideOfPackage("dev.millrace.server.http")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.undertow..", "org.jboss.resteasy..");

    @ArchTest
    static final ArchRule only_the_command_line_knows_how_arguments_are_parsed = noClasses()
            .that()
            .resideOutsideOfPackage("dev.millrace.server.cli")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.commons.cli..");
}
