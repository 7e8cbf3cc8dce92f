package dev.millrace.connector.jdbc;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.millrace.connector.jdbc", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule statements_know_nothing_of_connections = noClasses()
            .that()
            .resideInAPackage("dev.millrace.connector.jdbc.sql")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.millrace.connector.jdbc", "org.jdbi..", "com.zaxxer..", "org.h2..")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.sql.Connection");

    @ArchTest
    static final ArchRule a_plugin_sees_the_connect_api_and_its_own_libraries = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.millrace.connector.jdbc..",
                    "java..",
                    "org.apache.kafka.connect..",
                    "org.apache.kafka.common",
                    "org.apache.kafka.common.config..",
                    "org.jdbi..",
                    "com.zaxxer.hikari..",
                    "org.slf4j..",
                    "org.jspecify..");
}
