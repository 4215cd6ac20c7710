using System.Diagnostics;
using FastIngest.Tests.Storage.Postgres;
using HealthIngestion.CommandLine;
using HealthIngestion.Commands;
using k8s;
using k8s.Models;

namespace HealthIngestion.Tests;

/// <summary>
/// What can be known of the files in <c>deploy/</c> without a cluster: the Kubernetes manifests have only fields of the published
/// API, as the model of its official client has them, and the command lines in them are understood.
/// </summary>
public sealed class DeployTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy");

    public static TheoryData<string> Steps => ["plan", "map", "check", "reduce", "finish"];

    [Theory]
    [MemberData(nameof(Steps))]
    public void Every_step_is_a_job_with_known_fields(string step)
    {
        V1Job job = JobOf(step);
        Assert.Equal(("batch/v1", "Job", "health-" + step), (job.ApiVersion, job.Kind, job.Metadata.Name));
        bool isIndexed = step is "map" or "reduce";
        Assert.Equal(isIndexed ? "Indexed" : null, job.Spec.CompletionMode);
        Assert.Equal((isIndexed ? 3 : null, isIndexed ? null : 3), (job.Spec.BackoffLimitPerIndex, job.Spec.BackoffLimit));
        Assert.Equal("Failed", job.Spec.PodReplacementPolicy);
        Assert.Equal("Never", job.Spec.Template.Spec.RestartPolicy);

        // A pod that is evicted, one whose task may be tried again, and one whose task may not.
        Assert.Equal(["Ignore", "Count", isIndexed ? "FailIndex" : "FailJob"], job.Spec.PodFailurePolicy.Rules.Select(r => r.Action));
        Assert.Equal([75], job.Spec.PodFailurePolicy.Rules[1].OnExitCodes.Values);
        Assert.Equal([1, 2, 3], job.Spec.PodFailurePolicy.Rules[2].OnExitCodes.Values);
        V1Container container = Assert.Single(job.Spec.Template.Spec.Containers);
        Assert.All(job.Spec.PodFailurePolicy.Rules.Skip(1), r => Assert.Equal(container.Name, r.OnExitCodes.ContainerName));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void No_step_runs_as_root_or_writes_outside_its_volumes(string step)
    {
        V1PodSpec pod = JobOf(step).Spec.Template.Spec;
        V1Container container = pod.Containers.Single();
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.Equal(["shared", "tmp"], container.VolumeMounts.Select(m => m.Name));
        Assert.Equal(pod.Volumes.Select(v => v.Name), container.VolumeMounts.Select(m => m.Name));
        Assert.Equal(Claim().Metadata.Name, pod.Volumes[0].PersistentVolumeClaim.ClaimName);
        Assert.Equal(["ReadWriteMany"], Claim().Spec.AccessModes);
        Assert.Contains(File.ReadLines(Path.Combine(Repository.Root, "Dockerfile")), l => l == $"USER {pod.SecurityContext.RunAsUser}:{pod.SecurityContext.RunAsGroup}");

        // The password of the database is in a secret, and only the step that connects gets it.
        V1EnvVar[] environment = [.. container.Env ?? []];
        Assert.Equal(step == "finish" ? ["PGPASSWORD"] : [], environment.Select(e => e.Name));
        Assert.All(environment, e => Assert.Equal((null, "health-postgres", "password"), (e.Value, e.ValueFrom.SecretKeyRef.Name, e.ValueFrom.SecretKeyRef.Key)));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Every_command_line_is_understood_and_fits_its_memory(string step)
    {
        V1Container container = JobOf(step).Spec.Template.Spec.Containers.Single();
        ICommand command = AllCommands.Table.Find([step]).Entry.Make();
        Assert.Empty(Parsing.Parse(command.Spec, [.. container.Args.Skip(1)], AllCommands.Table).Errors);
        Assert.Equal(step, container.Args[0]);
        Assert.Equal("/shared/run", After(container, "--work"));
        if (container.Args.Contains("--memory-limit"))
        {
            Assert.Equal("768MiB", After(container, "--memory-limit"));
            Assert.Equal(1L << 30, container.Resources.Limits["memory"].ToInt64());
            Assert.Equal(After(container, "--workers"), container.Resources.Requests["cpu"].ToString());
        }
    }

    [Fact]
    public void Jobs_have_as_many_tasks_as_the_plan()
    {
        V1Container plan = JobOf("plan").Spec.Template.Spec.Containers.Single();
        Assert.Equal(After(plan, "--tasks"), $"{JobOf("map").Spec.Completions}");
        Assert.Equal(After(plan, "--partitions"), $"{JobOf("reduce").Spec.Completions}");
        Assert.Equal(plan.Image, JobOf("finish").Spec.Template.Spec.Containers.Single().Image);
    }

    [Theory]
    [InlineData("backoffLimitPerIndex", "backoffLimitPerIndices")]
    [InlineData("readOnlyRootFilesystem", "readonlyRootFilesystem")]
    [InlineData("podFailurePolicy", "podFailurePolicies")]
    [InlineData("onExitCodes", "onExitCode")]
    [InlineData("claimName", "claim")]
    [InlineData("backoffLimitPerIndex: 3", "backoffLimitPerIndex: three")]
    public void A_misspelt_field_is_found(string field, string misspelt)
    {
        string yaml = File.ReadAllText(Path.Combine(Folder, "kubernetes", "map.yaml"));
        string wrong = yaml.Replace(field, misspelt, StringComparison.Ordinal);
        Assert.NotEqual(yaml, wrong);
        Assert.ThrowsAny<Exception>(() => KubernetesYaml.Deserialize<V1Job>(wrong, strict: true));
    }

    [Fact]
    public void The_steps_of_the_Compose_file_give_the_rows_of_one_process()
    {
        // The commands of its head, with the folders of the containers on this machine.
        using Workplace place = Workplace.WithData();
        Directory.CreateDirectory(place["out"]);
        string[] lines = [.. File.ReadLines(Path.Combine(Folder, "compose.yaml")).Where(l => l.Contains(" run --rm steps ", StringComparison.Ordinal))];
        Assert.Equal(6, lines.Length);
        foreach (string line in lines)
        {
            string[] words = line[(line.IndexOf(" steps ", StringComparison.Ordinal) + " steps ".Length)..].Replace("/data", place["data"], StringComparison.Ordinal).Replace("/out", place["out"], StringComparison.Ordinal).Split(' ');
            int to = Array.IndexOf(words, "--to");
            if (to >= 0)
            {
                Assert.Equal("postgres://health@postgres/health", words[to + 1]);
                words[to + 1] = "ndjson:" + place["many.ndjson"];
            }

            PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, words));
        }

        PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, "data", "--to", "ndjson:one.ndjson", "--quiet"));
        Assert.Equal(File.ReadAllText(place["one.ndjson"]), File.ReadAllText(place["many.ndjson"]));
        Dictionary<string, object> compose = KubernetesYaml.Deserialize<Dictionary<string, object>>(File.ReadAllText(Path.Combine(Folder, "compose.yaml")));
        Assert.Equal(["postgres", "steps"], ((Dictionary<object, object>)compose["services"]).Keys.Cast<string>().Order(StringComparer.Ordinal));
    }

    /// <summary>Citus is in no distribution. A function of its name notes what it is called with, so that the statement itself runs.</summary>
    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void The_statement_for_Citus_names_the_table_and_its_user()
    {
        PostgresServer server = PostgresServer.Shared;
        using Workplace place = Workplace.WithData();
        string schema = $"S {Guid.NewGuid():N}";
        PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, "data", "--to", server.Url, "--schema", schema, "--quiet"));
        server.Query($"CREATE SCHEMA \"{schema} citus\"");
        server.Query($"CREATE TABLE \"{schema} citus\".calls (call text)");
        server.Query($"CREATE FUNCTION \"{schema} citus\".create_distributed_table(relation regclass, column_name text, distribution_type text DEFAULT 'hash', colocate_with text DEFAULT 'default') RETURNS void LANGUAGE sql AS $$ INSERT INTO \"{schema} citus\".calls VALUES (relation || ' ' || column_name || ' ' || colocate_with) $$");
        using Process psql = HealthIngestionProcess.Start(
            "psql", place.Directory, [("PGOPTIONS", $"-c search_path=\"{schema.Replace(" ", "\\ ", StringComparison.Ordinal)}\\ citus\"")], "-v", "ON_ERROR_STOP=1", "-v", $"schema={schema}", "-f", Path.Combine(Folder, "citus.sql"), server.Url);
        PlannedRun.Good(HealthIngestionProcess.Finish(psql, Stopwatch.StartNew()));
        Assert.Equal([$"\"{schema}\".daily_summaries user_id none"], server.Query($"SELECT call FROM \"{schema} citus\".calls"));
    }

    private static V1Job JobOf(string step) => KubernetesYaml.Deserialize<V1Job>(File.ReadAllText(Path.Combine(Folder, "kubernetes", step + ".yaml")), strict: true);

    private static V1PersistentVolumeClaim Claim() =>
        KubernetesYaml.Deserialize<V1PersistentVolumeClaim>(File.ReadAllText(Path.Combine(Folder, "kubernetes", "volume.yaml")), strict: true);

    private static string After(V1Container container, string option) => container.Args[container.Args.IndexOf(option) + 1];
}
