package dev.millrace.streams;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.millrace.streams.purity.Deterministic;
import dev.millrace.streams.purity.IoShell;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final String ROOT = "dev.millrace.streams";

    /** A package may use those after it, never those before it. */
    private static final List<String> ORDER = List.of(
            ROOT + ".testing",
            ROOT,
            ROOT + ".runtime",
            ROOT + ".config",
            ROOT + ".process",
            ROOT + ".state",
            ROOT + ".plan",
            ROOT + ".serde",
            ROOT + ".kstream",
            ROOT + ".errors",
            ROOT + ".purity");

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT)
            .that(DescribedPredicate.describe("are of the library", type -> ORDER.contains(type.getPackageName())));

    @Test
    void every_package_has_a_place_in_the_order() {
        Set<String> packages = new TreeSet<>();
        new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(ROOT)
                .forEach(type -> packages.add(type.getPackageName()));
        assertThat(ORDER).containsExactlyInAnyOrderElementsOf(packages);
    }

    @Test
    void packages_use_only_those_below_them() {
        for (int place = 0; place < ORDER.size(); place++) {
            List<String> above = ORDER.subList(0, place);
            if (!above.isEmpty()) {
                noClasses()
                        .that()
                        .resideInAPackage(ORDER.get(place))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(above.toArray(new String[0]))
                        .check(MAIN);
            }
        }
        slices().matching(ROOT + ".(*)").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void every_package_says_what_it_may_touch() {
        for (String name : ORDER) {
            JavaPackage found = MAIN.getPackage(name);
            assertThat(found.isAnnotatedWith(Deterministic.class) ^ found.isAnnotatedWith(IoShell.class))
                    .as(name)
                    .isTrue();
        }
    }

    @Test
    void deterministic_packages_reach_no_clock_thread_random_socket_or_file() {
        noClasses()
                .that(areDeterministic())
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching(
                        "java\\.(util\\.Random|security\\.SecureRandom|lang\\.Thread"
                                + "|util\\.concurrent\\..*Executor.*|net\\.Socket|nio\\.channels\\..*|nio\\.file\\.Files|io\\.File.*)")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("org\\.apache\\.kafka\\.clients\\..*(KafkaConsumer|KafkaProducer|Admin)")
                .check(MAIN);
    }

    @Test
    void the_library_knows_a_broker_only_through_its_clients() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.millrace.broker..", "org.apache.kafka.streams..", "dev.millrace.connect..")
                .check(MAIN);
    }

    @Test
    void the_wire_protocol_is_not_used() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.kafka.common.message..",
                        "org.apache.kafka.common.protocol..",
                        "org.apache.kafka.common.requests..")
                .check(MAIN);
    }

    @Test
    void functions_and_options_of_the_language_are_interfaces_and_records() {
        classes()
                .that()
                .resideInAPackage(ROOT + ".kstream")
                .and()
                .arePublic()
                .and()
                .doNotHaveSimpleName("KeyValue")
                .should()
                .beInterfaces()
                .orShould()
                .beRecords()
                .check(MAIN);
    }

    private static DescribedPredicate<JavaClass> areDeterministic() {
        return DescribedPredicate.describe(
                "are in a deterministic package", type -> type.getPackage().isAnnotatedWith(Deterministic.class));
    }
}
