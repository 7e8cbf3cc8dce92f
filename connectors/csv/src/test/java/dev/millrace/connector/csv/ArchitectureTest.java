package dev.millrace.connector.csv;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.millrace.connector.csv", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule rows_know_nothing_of_the_plugin_around_them = noClasses()
            .that()
            .resideInAPackage("dev.millrace.connector.csv.row")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.millrace.connector.csv");

    @ArchTest
    static final ArchRule rows_open_no_file_start_no_thread_and_read_no_clock = noClasses()
            .that()
            .resideInAPackage("dev.millrace.connector.csv.row")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.nio.file..", "java.util.concurrent.locks..")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.lang.Thread")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime");

    @ArchTest
    static final ArchRule a_plugin_sees_the_connect_api_and_its_own_libraries = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.millrace.connector.csv..",
                    "java..",
                    "org.apache.kafka.connect..",
                    "org.apache.kafka.common",
                    "org.apache.kafka.common.config..",
                    "org.apache.commons.csv..",
                    "org.slf4j..",
                    "org.jspecify..");
}
