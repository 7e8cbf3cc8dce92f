package dev.millrace.broker;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.batch.BatchBuilder;
import dev.millrace.broker.log.batch.RecordErrors;
import dev.millrace.broker.log.batch.SnappyChunks;
import dev.millrace.broker.log.batch.TransactionalBatch;
import dev.millrace.broker.log.compaction.DirtyRange;
import dev.millrace.broker.log.epoch.EpochEndOffset;
import dev.millrace.broker.log.producer.ProducerStatus;
import dev.millrace.broker.log.segment.LogSlice;
import dev.millrace.broker.machine.Deterministic;
import dev.millrace.broker.machine.IoShell;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The house rules of this module, which no review has to repeat. */
@AnalyzeClasses(packages = "dev.millrace.broker", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String ROOT = "dev.millrace.broker";

    /** A package may import those after it, never one before it. What implements a port stands before the port. */
    private static final List<String> ORDER = List.of(
            "",
            ".network",
            ".peer",
            ".api.record",
            ".api.topic",
            ".api.replica",
            ".api.config",
            ".api.cluster",
            ".api.security",
            ".api.group",
            ".api.transaction",
            ".api.telemetry",
            ".api",
            ".coordinator.group.shard",
            ".coordinator.group.streams",
            ".coordinator.group.share",
            ".coordinator.group.consumer",
            ".coordinator.group.classic",
            ".coordinator.group.offset",
            ".coordinator.group.subscription",
            ".coordinator.group",
            ".coordinator.group.record",
            ".coordinator.group.assignor",
            ".coordinator.transaction",
            ".coordinator.share",
            ".coordinator",
            ".partition",
            ".metadata.quorum",
            ".metadata",
            ".security",
            ".wire",
            ".log.file",
            ".log",
            ".log.recovery",
            ".log.compaction",
            ".log.producer",
            ".log.epoch",
            ".log.segment",
            ".log.index",
            ".log.batch",
            ".log.directory",
            ".log.disk",
            ".log.config",
            ".thread",
            ".config",
            ".machine");

    @ArchTest
    static final ArchRule packages_import_only_what_stands_below_them = classes()
            .should(new ArchCondition<>("import only packages that come later in " + ORDER) {
                @Override
                public void check(JavaClass from, ConditionEvents events) {
                    from.getDirectDependenciesFromSelf().stream()
                            .filter(dependency -> isOurs(dependency.getTargetClass()))
                            .filter(dependency -> rank(from) > rank(dependency.getTargetClass()))
                            .forEach(dependency ->
                                    events.add(SimpleConditionEvent.violated(from, dependency.getDescription())));
                }
            });

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().startsWith(ROOT);
    }

    private static int rank(JavaClass type) {
        int rank = ORDER.indexOf(type.getPackageName().substring(ROOT.length()));
        assertThat(rank)
                .as("the place of %s in the order", type.getPackageName())
                .isNotNegative();
        return rank;
    }

    @ArchTest
    static final ArchRule no_packages_form_a_cycle =
            slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule handlers_of_one_package_do_not_know_those_of_another =
            slices().matching(ROOT + ".api.(*)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule handlers_are_reached_by_the_table_of_their_package = classes()
            .that()
            .resideInAPackage(ROOT + ".api.*..")
            .and()
            .areAssignableTo(ApiHandler.class)
            .should()
            .notBePublic();

    @ArchTest
    static final ArchRule coordinators_do_not_know_each_other =
            slices().matching(ROOT + ".coordinator.(*)..").should().notDependOnEachOther();

    private static final String[] KINDS_OF_GROUPS = in(
            ".coordinator.group.classic",
            ".coordinator.group.consumer",
            ".coordinator.group.share",
            ".coordinator.group.streams");

    @ArchTest
    static final ArchRule events_of_a_kind_of_group_are_its_own_affair = classes()
            .that()
            .resideInAnyPackage(KINDS_OF_GROUPS)
            .and()
            .areAssignableTo(GroupEvent.class)
            .should()
            .bePackagePrivate()
            .because("nobody else is to say what happened to a group, nor to look at how it remembers that");

    @ArchTest
    static final ArchRule only_consumer_groups_change_into_classic_ones_and_back = noClasses()
            .that()
            .resideInAnyPackage(in(".coordinator.group.share", ".coordinator.group.streams"))
            .should()
            .dependOnClassesThat(resideInAnyPackage(in(".coordinator.group.classic", ".coordinator.group.consumer")))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule what_a_log_is_made_of_is_its_own_affair = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".log..")
            .should()
            .dependOnClassesThat(resideInAPackage(ROOT + ".log..")
                    .and(not(resideInAnyPackage(in(".log", ".log.config", ".log.disk", ".log.file"))))
                    .and(not(belongToAnyOf(
                            AppendOrigin.class,
                            BatchBuilder.class,
                            DirtyRange.class,
                            EpochEndOffset.class,
                            LogSlice.class,
                            ProducerStatus.class,
                            RecordErrors.class,
                            SnappyChunks.class,
                            TransactionalBatch.class))))
            .because("others see a PartitionLog and what it answers");

    private static final DescribedPredicate<JavaClass> DETERMINISTIC = describe(
            "in a package that is @Deterministic", type -> type.getPackage().isAnnotatedWith(Deterministic.class));

    private static final Set<String> CLOCKS_AND_DICE = Set.of(
            "java.lang.System.currentTimeMillis",
            "java.lang.System.nanoTime",
            "java.lang.Math.random",
            "java.util.UUID.randomUUID",
            "org.apache.kafka.common.Uuid.randomUuid",
            "java.time.Instant.now",
            "java.time.LocalDateTime.now",
            "java.time.Clock.systemUTC",
            "java.time.Clock.systemDefaultZone");

    @ArchTest
    static final ArchRule deterministic_packages_read_no_clock_and_throw_no_dice = noClasses()
            .that(DETERMINISTIC)
            .should()
            .accessTargetWhere(describe(
                    "a clock or a source of randomness",
                    access -> CLOCKS_AND_DICE.contains(access.getTargetOwner().getFullName() + "." + access.getName())))
            .because("time comes from the Loop port, and ids from whoever has them");

    @ArchTest
    static final ArchRule deterministic_packages_own_no_thread_file_or_socket = noClasses()
            .that(DETERMINISTIC)
            .should()
            .dependOnClassesThat(are(describe("threads, files or sockets", ArchitectureTest::isOutsideWorld)))
            .because("all of that is behind the ports Loop, Disk and MetadataLog");

    private static boolean isOutsideWorld(JavaClass type) {
        String name = type.getFullName();
        return switch (type.getPackageName()) {
            case "java.nio.channels" -> !name.endsWith(".WritableByteChannel");
            case "java.nio.file" -> !name.endsWith("Exception");
            case "java.io" -> name.contains(".File") || name.endsWith(".RandomAccessFile");
            case "java.net" -> true;
            case "java.util.concurrent" ->
                name.endsWith("Executors")
                        || name.endsWith("ExecutorService")
                        || name.endsWith("PoolExecutor")
                        || name.endsWith("ForkJoinPool")
                        || name.endsWith("ThreadLocalRandom");
            case "java.util" -> name.equals("java.util.Random") || name.equals("java.util.Timer");
            case "java.security" -> name.equals("java.security.SecureRandom");
            default -> false;
        };
    }

    @ArchTest
    static final ArchRule deterministic_packages_neither_start_threads_nor_wait_for_them = noClasses()
            .that(DETERMINISTIC)
            .should()
            .accessTargetWhere(describe("a thread, or a wait for one", ArchitectureTest::isThreading));

    private static boolean isThreading(JavaAccess<?> access) {
        String method = access.getName();
        if (access.getTargetOwner().isEquivalentTo(Thread.class)) {
            return !method.equals("onSpinWait");
        }
        return access.getTargetOwner().isEquivalentTo(CompletableFuture.class)
                && (method.endsWith("Async") || method.equals("get") || method.equals("join"));
    }

    @ArchTest
    static void every_package_says_which_kind_it_is(JavaClasses all) {
        all.stream().map(JavaClass::getPackage).distinct().forEach(found -> assertThat(
                        found.isAnnotatedWith(Deterministic.class) ^ found.isAnnotatedWith(IoShell.class))
                .as("%s has a package-info with one of @Deterministic, @IoShell", found.getName())
                .isTrue());
    }

    @ArchTest
    static final ArchRule messages_of_the_protocol_stay_where_requests_are_handled = noClasses()
            .that()
            .resideOutsideOfPackages(in(".network", ".peer", ".api..", ".wire"))
            .and()
            .resideOutsideOfPackage(ROOT + ".coordinator..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "org.apache.kafka.common.message..",
                    "org.apache.kafka.common.protocol..",
                    "org.apache.kafka.common.requests.."))
            .because("they are not a public API of Kafka's: one pinned version, and few who would notice another");

    @ArchTest
    static final ArchRule record_batches_are_looked_into_by_wire_and_log_alone = noClasses()
            .that()
            .resideOutsideOfPackages(
                    in(".wire", ".log", ".log.batch", ".log.compaction", ".log.config", ".log.file", ".log.segment"))
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.apache.kafka.common.record.."))
            .because("on the hot path a batch is bytes");

    @ArchTest
    static final ArchRule raft_stays_behind_the_metadata_log = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".metadata.quorum")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "org.apache.kafka.raft..", "org.apache.kafka.server.common..", "org.apache.kafka.snapshot.."));

    @ArchTest
    static final ArchRule netty_stays_at_the_edge = noClasses()
            .that()
            .resideOutsideOfPackages(in(".network", ".wire"))
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.netty.."));

    @ArchTest
    static final ArchRule other_modules_see_the_broker_and_its_settings_alone = classes()
            .that()
            .resideInAPackage(ROOT)
            .and()
            .arePublic()
            .should()
            .haveFullyQualifiedName(Broker.class.getName())
            .orShould()
            .haveFullyQualifiedName(BrokerConfig.class.getName());

    private static String[] in(String... packages) {
        String[] full = new String[packages.length];
        for (int i = 0; i < packages.length; i++) {
            full[i] = ROOT + packages[i];
        }
        return full;
    }
}
