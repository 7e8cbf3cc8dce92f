package dev.millrace.connect;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.millrace.connect.machine.Deterministic;
import dev.millrace.connect.machine.IoShell;
import java.io.File;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.Executor;

@AnalyzeClasses(packages = "dev.millrace.connect", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final DescribedPredicate<JavaClass> DETERMINISTIC =
            new DescribedPredicate<>("are in a @Deterministic package") {
                @Override
                public boolean test(JavaClass type) {
                    return type.getPackage().isAnnotatedWith(Deterministic.class);
                }
            };

    @ArchTest
    static final ArchRule every_package_says_of_which_kind_it_is = classes()
            .should(new ArchCondition<>("be in a package that is either @Deterministic or @IoShell") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    boolean ofOneKind = type.getPackage().isAnnotatedWith(Deterministic.class)
                            != type.getPackage().isAnnotatedWith(IoShell.class);
                    events.add(new SimpleConditionEvent(
                            type, ofOneKind, type.getPackageName() + " has neither or both of the annotations"));
                }
            });

    @ArchTest
    static final ArchRule packages_use_those_below_them_only = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("rest")
            .definedBy("dev.millrace.connect.rest..")
            .layer("worker")
            .definedBy("dev.millrace.connect.worker")
            .layer("storage")
            .definedBy("dev.millrace.connect.worker.storage..")
            .layer("answer")
            .definedBy("dev.millrace.connect.worker.answer..")
            .layer("pipeline")
            .definedBy("dev.millrace.connect.pipeline..")
            .layer("task")
            .definedBy("dev.millrace.connect.task..")
            .layer("plan")
            .definedBy("dev.millrace.connect.plan..")
            .layer("plugin")
            .definedBy("dev.millrace.connect.plugin..")
            .layer("builtin")
            .definedBy("dev.millrace.connect.builtin..")
            .layer("machine")
            .definedBy("dev.millrace.connect.machine..")
            .whereLayer("rest")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("worker")
            .mayOnlyBeAccessedByLayers("rest", "pipeline")
            .whereLayer("storage")
            .mayOnlyBeAccessedByLayers("worker")
            .whereLayer("answer")
            .mayOnlyBeAccessedByLayers("rest", "worker", "storage", "pipeline")
            .whereLayer("task")
            .mayOnlyBeAccessedByLayers("worker", "storage")
            .whereLayer("plan")
            .mayOnlyBeAccessedByLayers("rest", "worker", "storage", "answer", "task", "pipeline")
            .whereLayer("plugin")
            .mayOnlyBeAccessedByLayers("rest", "worker", "pipeline")
            .whereLayer("builtin")
            .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule the_runtime_knows_brokers_by_the_wire_alone = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.millrace.broker..", "dev.millrace.server..", "dev.millrace.streams..");

    @ArchTest
    static final ArchRule the_runtime_is_not_kafkas = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka.connect.runtime..", "org.apache.kafka.connect.util..");

    @ArchTest
    static final ArchRule what_is_deterministic_has_no_threads_and_clocks = noClasses()
            .that(DETERMINISTIC)
            .should()
            .dependOnClassesThat(
                    new DescribedPredicate<JavaClass>("are threads, executors, clocks, randomness, files or sockets") {
                        @Override
                        public boolean test(JavaClass type) {
                            return type.isAssignableTo(Executor.class)
                                    || type.isAssignableTo(InstantSource.class)
                                    || type.isAssignableTo(Random.class)
                                    || type.getPackageName().startsWith("java.nio.file")
                                    || type.getPackageName().startsWith("java.net")
                                    || type.isEquivalentTo(File.class);
                        }
                    });

    @ArchTest
    static final ArchRule what_is_deterministic_does_not_ask_for_the_time = noClasses()
            .that(DETERMINISTIC)
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule what_is_deterministic_uses_no_shell = noClasses()
            .that(DETERMINISTIC)
            .should()
            .dependOnClassesThat(new DescribedPredicate<JavaClass>("are in an @IoShell package") {
                @Override
                public boolean test(JavaClass type) {
                    return type.getPackage().isAnnotatedWith(IoShell.class);
                }
            });

    @ArchTest
    static final ArchRule resources_use_the_standard_api_only = noClasses()
            .that()
            .resideInAPackage("dev.millrace.connect.rest..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.jboss..", "io.undertow..", "jakarta.servlet..");
}
