package dev.millrace.connect.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connect.plan.Reconciliation.Action;
import dev.millrace.connect.plan.Reconciliation.MoveConnector;
import dev.millrace.connect.plan.Reconciliation.PauseTask;
import dev.millrace.connect.plan.Reconciliation.RunningConnector;
import dev.millrace.connect.plan.Reconciliation.RunningTask;
import dev.millrace.connect.plan.Reconciliation.StartConnector;
import dev.millrace.connect.plan.Reconciliation.StartTask;
import dev.millrace.connect.plan.Reconciliation.StopConnector;
import dev.millrace.connect.plan.Reconciliation.StopTask;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class A_reconciliation {

    private static final TaskId TASK_0 = new TaskId("c", 0);
    private static final TaskId TASK_1 = new TaskId("c", 1);
    private static final Map<String, String> CONFIG = Map.of("name", "c");

    private final Map<String, RunningConnector> connectors = new HashMap<>();
    private final Map<TaskId, RunningTask> tasks = new HashMap<>();

    private static ConnectorPlan plan(TargetState target, int taskCount) {
        List<Map<String, String>> configs =
                IntStream.range(0, taskCount).mapToObj(task -> CONFIG).toList();
        return new ConnectorPlan("c", CONFIG, 5, target, configs, 7, CONFIG, null);
    }

    private List<Action> towards(ConnectorPlan... plans) {
        Map<String, ConnectorPlan> byName = new HashMap<>();
        for (ConnectorPlan plan : plans) {
            byName.put(plan.name(), plan);
        }
        return Reconciliation.between(Desired.of(new PlanImage(byName), Desired.Placement.ALL_HERE), connectors, tasks);
    }

    private void running(boolean ending) {
        connectors.put("c", new RunningConnector(5, TargetState.RUNNING, ending));
    }

    @Test
    void starts_what_does_not_run() {
        ConnectorPlan wanted = plan(TargetState.RUNNING, 1);

        assertThat(towards(wanted))
                .containsExactly(new StartConnector(wanted), new StartTask(new Desired.Task(TASK_0, CONFIG, wanted)));
    }

    @Test
    void stops_what_is_no_longer_wanted() {
        running(false);
        tasks.put(TASK_0, new RunningTask(7, false, false));

        assertThat(towards()).containsExactly(new StopTask(TASK_0), new StopConnector("c"));
    }

    @Test
    void leaves_alone_what_is_as_it_should_be() {
        running(false);
        tasks.put(TASK_0, new RunningTask(7, false, false));

        assertThat(towards(plan(TargetState.RUNNING, 1))).isEmpty();
    }

    @Test
    void stops_a_connector_of_an_earlier_config_and_starts_it_once_it_has_ended() {
        connectors.put("c", new RunningConnector(4, TargetState.RUNNING, false));
        assertThat(towards(plan(TargetState.RUNNING, 0))).containsExactly(new StopConnector("c"));

        connectors.put("c", new RunningConnector(4, TargetState.RUNNING, true));
        assertThat(towards(plan(TargetState.RUNNING, 0))).isEmpty();

        connectors.clear();
        assertThat(towards(plan(TargetState.RUNNING, 0)))
                .containsExactly(new StartConnector(plan(TargetState.RUNNING, 0)));
    }

    @Test
    void starts_no_task_before_all_of_the_earlier_set_have_ended() {
        running(false);
        tasks.put(TASK_1, new RunningTask(6, false, true));
        assertThat(towards(plan(TargetState.RUNNING, 1))).isEmpty();

        tasks.clear();
        assertThat(towards(plan(TargetState.RUNNING, 1))).hasSize(1);
    }

    @Test
    void starts_a_restarted_task_beside_its_peers() {
        running(false);
        tasks.put(TASK_1, new RunningTask(7, false, false));

        assertThat(towards(plan(TargetState.RUNNING, 2)))
                .containsExactly(new StartTask(new Desired.Task(TASK_0, CONFIG, plan(TargetState.RUNNING, 2))));
    }

    @Test
    void pauses_tasks_and_resumes_them() {
        running(false);
        tasks.put(TASK_0, new RunningTask(7, false, false));
        assertThat(towards(plan(TargetState.PAUSED, 1)))
                .containsExactly(new MoveConnector("c", TargetState.PAUSED), new PauseTask(TASK_0, true));

        connectors.put("c", new RunningConnector(5, TargetState.PAUSED, false));
        tasks.put(TASK_0, new RunningTask(7, true, false));
        assertThat(towards(plan(TargetState.RUNNING, 1)))
                .containsExactly(new MoveConnector("c", TargetState.RUNNING), new PauseTask(TASK_0, false));
    }

    @Test
    void stops_the_tasks_of_a_stopped_connector() {
        running(false);
        tasks.put(TASK_0, new RunningTask(7, false, false));

        assertThat(towards(plan(TargetState.STOPPED, 1)))
                .containsExactly(new StopTask(TASK_0), new MoveConnector("c", TargetState.STOPPED));
    }

    @Test
    void tells_nothing_twice_to_what_is_ending() {
        running(true);
        tasks.put(TASK_0, new RunningTask(7, false, true));

        assertThat(towards()).isEmpty();
    }
}
