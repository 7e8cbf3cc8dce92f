package dev.millrace.connect.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connect.machine.Decision;
import dev.millrace.connect.plan.PlanCommand.CreateConnector;
import dev.millrace.connect.plan.PlanCommand.PutConnector;
import dev.millrace.connect.plan.PlanCommand.RemoveConnector;
import dev.millrace.connect.plan.PlanCommand.SetTargetState;
import dev.millrace.connect.plan.PlanCommand.SetTaskConfigs;
import dev.millrace.connect.plan.PlanEvent.ConnectorConfigured;
import dev.millrace.connect.plan.PlanEvent.ConnectorRemoved;
import dev.millrace.connect.plan.PlanEvent.TargetStateRemoved;
import dev.millrace.connect.plan.PlanEvent.TargetStateSet;
import dev.millrace.connect.plan.PlanEvent.TaskConfigured;
import dev.millrace.connect.plan.PlanEvent.TasksCommitted;
import dev.millrace.connect.plan.PlanEvent.TasksFenced;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class A_plan {

    private static final Map<String, String> CONFIG = Map.of("connector.class", "C", "name", "c");
    private static final Map<String, String> OTHER = Map.of("connector.class", "C", "name", "c", "more", "1");
    private static final Map<String, String> TASK = Map.of("task", "0");

    private final Plan plan = new Plan();

    private void given(PlanEvent... events) {
        for (PlanEvent event : events) {
            plan.apply(event);
        }
    }

    private List<PlanEvent> when(PlanCommand command) {
        Decision<PlanEvent> decision = plan.decide(command);
        assertThat(decision).isInstanceOf(Decision.Happens.class);
        return ((Decision.Happens<PlanEvent>) decision).events();
    }

    private void whenHappens(PlanCommand command) {
        when(command).forEach(plan::apply);
    }

    private Decision.Reason refusal(PlanCommand command) {
        Decision<PlanEvent> decision = plan.decide(command);
        assertThat(decision).isInstanceOf(Decision.Refused.class);
        return ((Decision.Refused<PlanEvent>) decision).reason();
    }

    private ConnectorPlan connector() {
        return plan.image().connector("c");
    }

    private SetTaskConfigs tasksMade(Map<String, String> config) {
        return new SetTaskConfigs("c", connector().configRevision(), List.of(config));
    }

    private SetTaskConfigs tasksMade(Map<String, String> first, Map<String, String> second) {
        return new SetTaskConfigs("c", connector().configRevision(), List.of(first, second));
    }

    @Nested
    class without_connectors {

        @Test
        void creates_one() {
            assertThat(when(new CreateConnector("c", CONFIG, null)))
                    .containsExactly(new ConnectorConfigured("c", CONFIG));
        }

        @Test
        void writes_an_initial_state_before_the_config() {
            assertThat(when(new CreateConnector("c", CONFIG, TargetState.STOPPED)))
                    .containsExactly(
                            new TargetStateSet("c", TargetState.STOPPED), new ConnectorConfigured("c", CONFIG));
        }

        @Test
        void creates_one_by_putting_its_config() {
            assertThat(when(new PutConnector("c", CONFIG))).containsExactly(new ConnectorConfigured("c", CONFIG));
        }

        @Test
        void knows_none_to_remove_or_to_move() {
            assertThat(refusal(new RemoveConnector("c"))).isEqualTo(Decision.Reason.NOT_FOUND);
            assertThat(refusal(new SetTargetState("c", TargetState.PAUSED))).isEqualTo(Decision.Reason.NOT_FOUND);
        }

        @Test
        void ignores_task_configs_of_one_that_compaction_has_forgotten() {
            given(new TaskConfigured(new TaskId("c", 0), TASK), new TasksCommitted("c", 1));

            assertThat(plan.image().connectors()).isEmpty();
        }

        @Test
        void keeps_a_state_for_one_that_comes_later() {
            given(new TargetStateSet("c", TargetState.PAUSED), new ConnectorConfigured("c", CONFIG));

            assertThat(connector().target()).isEqualTo(TargetState.PAUSED);
        }
    }

    @Nested
    class with_a_connector {

        @BeforeEach
        void given_a_connector() {
            given(new ConnectorConfigured("c", CONFIG));
        }

        @Test
        void refuses_to_create_it_again() {
            assertThat(refusal(new CreateConnector("c", CONFIG, null))).isEqualTo(Decision.Reason.CONFLICT);
        }

        @Test
        void wants_it_to_run() {
            assertThat(connector().target()).isEqualTo(TargetState.RUNNING);
        }

        @Test
        void removes_its_state_with_it() {
            assertThat(when(new RemoveConnector("c")))
                    .containsExactly(new ConnectorRemoved("c"), new TargetStateRemoved("c"));
        }

        @Test
        void raises_its_revision_with_each_config() {
            long before = connector().configRevision();
            given(new ConnectorConfigured("c", OTHER));

            assertThat(connector().configRevision()).isGreaterThan(before);
        }

        @Test
        void gives_it_another_revision_when_it_is_removed_and_created_again() {
            long before = connector().configRevision();
            given(new ConnectorRemoved("c"), new ConnectorConfigured("c", CONFIG));

            assertThat(connector().configRevision()).isNotEqualTo(before);
        }

        @Test
        void commits_the_tasks_that_it_makes() {
            assertThat(when(tasksMade(TASK)))
                    .containsExactly(new TaskConfigured(new TaskId("c", 0), TASK), new TasksCommitted("c", 1));
        }

        @Test
        void counts_task_configs_only_when_they_are_committed() {
            given(new TaskConfigured(new TaskId("c", 0), TASK));
            assertThat(connector().taskConfigs()).isEmpty();

            given(new TasksCommitted("c", 1));
            assertThat(connector().taskConfigs()).containsExactly(TASK);
        }

        @Test
        void takes_tasks_as_to_be_made_again_when_compaction_has_removed_one() {
            given(new TaskConfigured(new TaskId("c", 1), TASK), new TasksCommitted("c", 2));

            assertThat(connector().tasksMadeFrom()).isNull();
            assertThat(Desired.of(plan.image(), Desired.Placement.ALL_HERE).tasks())
                    .isEmpty();
        }

        @Test
        void notes_how_many_producers_are_about() {
            given(new TasksFenced("c", 3));

            assertThat(connector().fencedTasks()).isEqualTo(3);
        }
    }

    @Nested
    class with_tasks {

        @BeforeEach
        void given_a_connector_and_its_tasks() {
            given(new ConnectorConfigured("c", CONFIG));
            whenHappens(tasksMade(TASK, Map.of("task", "1")));
        }

        @Test
        void wants_them_to_run() {
            assertThat(Desired.of(plan.image(), Desired.Placement.ALL_HERE).tasks())
                    .containsOnlyKeys(new TaskId("c", 0), new TaskId("c", 1));
        }

        @Test
        void writes_nothing_when_the_connector_makes_the_same_again() {
            assertThat(when(tasksMade(TASK, Map.of("task", "1")))).isEmpty();
        }

        @Test
        void writes_the_same_again_when_the_connectors_config_has_changed() {
            given(new ConnectorConfigured("c", OTHER));

            assertThat(when(tasksMade(TASK, Map.of("task", "1")))).hasSize(3);
        }

        @Test
        void ignores_what_a_connector_of_an_earlier_config_makes() {
            SetTaskConfigs late = tasksMade(TASK);
            given(new ConnectorConfigured("c", OTHER));

            assertThat(when(late)).isEmpty();
        }

        @Test
        void has_fewer_after_a_commit_of_fewer() {
            whenHappens(tasksMade(TASK));

            assertThat(connector().tasks()).containsExactly(new TaskId("c", 0));
        }

        @Test
        void takes_the_tasks_away_when_stopped() {
            assertThat(when(new SetTargetState("c", TargetState.STOPPED)))
                    .containsExactly(new TargetStateSet("c", TargetState.STOPPED), new TasksCommitted("c", 0));
        }

        @Test
        void makes_no_tasks_while_stopped() {
            whenHappens(new SetTargetState("c", TargetState.STOPPED));

            assertThat(when(tasksMade(TASK))).isEmpty();
        }

        @Test
        void keeps_the_tasks_when_paused() {
            assertThat(when(new SetTargetState("c", TargetState.PAUSED)))
                    .containsExactly(new TargetStateSet("c", TargetState.PAUSED));
        }

        @Test
        void has_nothing_to_do_when_the_state_is_so_already() {
            assertThat(when(new SetTargetState("c", TargetState.RUNNING))).isEmpty();
        }

        @Test
        void gives_an_unchanged_image_as_the_same_object() {
            assertThat(plan.image()).isSameAs(plan.image());
        }
    }
}
