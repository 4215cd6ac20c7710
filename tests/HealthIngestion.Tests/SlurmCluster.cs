using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using FastIngest.Tests.Support;

namespace HealthIngestion.Tests;

/// <summary>
/// A Slurm with three nodes on this machine, each a daemon with a port of its own, as Debian's packages install it. It is created
/// for the tests of a class and stopped after them. Slurm needs root to start jobs; without root, or if it is not installed, the
/// tests are skipped; in CI they fail.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class SlurmCluster : IDisposable
{
    private const int Nodes = 3;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private static readonly string[] Programs = ["/usr/sbin/munged", "/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/bin/sbatch"];

    private readonly List<Process> _daemons = [];
    private string _folder = "";

    /// <summary>Starts the daemons at the first call, and waits until the nodes are idle.</summary>
    public void Start()
    {
        if (_folder.Length > 0)
        {
            return;
        }

        if (Environment.UserName != "root" || !Array.TrueForAll(Programs, File.Exists))
        {
            const string Missing = "needs root and Slurm (Debian: munge, slurmctld, slurmd, slurm-client)";
            Assert.SkipWhen(Environment.GetEnvironmentVariable("CI") != "true", Missing);
            Assert.Fail(Missing);
        }

        _folder = Directory.CreateTempSubdirectory("fastingest-slurm-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
        WriteKey();
        File.WriteAllText(Of("slurm.conf"), Settings());
        Directory.CreateDirectory(Of("state"));
        Daemon("munged", "--foreground", "--force", $"--key-file={Of("munge.key")}", $"--socket={Of("munge.socket")}", $"--pid-file={Of("munge.pid")}", $"--seed-file={Of("munge.seed")}", "--num-threads=2");
        Poll.Until(() => File.Exists(Of("munge.socket")), "munged does not start.");
        Daemon("slurmctld", "-D", "-f", Of("slurm.conf"));
        for (int node = 1; node <= Nodes; node++)
        {
            Directory.CreateDirectory(Of($"n{node}"));
            Daemon("slurmd", "-D", "-f", Of("slurm.conf"), "-N", $"n{node}");
        }

        Until(() => Ask("sinfo", "-h", "-o", "%T").Output == "idle\n", () => "The nodes are not idle.");
    }

    /// <summary>Runs a command of Slurm, or a script that calls some, and waits for its end.</summary>
    public Outcome Run(string directory, (string Name, string Value)[] environment, string program, params string[] arguments)
    {
        Stopwatch time = Stopwatch.StartNew();
        using Process process = HealthIngestionProcess.Start(program, directory, [("SLURM_CONF", Of("slurm.conf")), .. environment], arguments);
        return HealthIngestionProcess.Finish(process, time);
    }

    public Outcome Ask(string program, params string[] arguments) => Run(_folder, [], program, arguments);

    /// <summary>The state of a job, or of a task of an array as <c>12_3</c>: PENDING, RUNNING, COMPLETED, FAILED, ...</summary>
    public string StateOf(string job) => Field(job, "JobState");

    /// <summary>Waits until jobs are in a state. Every look is a process, and the machine has other work.</summary>
    public static void Until(Func<bool> condition, Func<string> otherwise)
    {
        Stopwatch time = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(time.Elapsed < Deadline, otherwise());
            Thread.Sleep(300);
        }
    }

    /// <summary>A field of a job, such as <c>Restarts</c>.</summary>
    public string Field(string job, string name)
    {
        string text = Ask("scontrol", "show", "job", "-o", job).Output;
        int at = text.IndexOf($" {name}=", StringComparison.Ordinal);
        return at < 0 ? "" : text[(at + name.Length + 2)..].Split([' ', '\n'], 2)[0];
    }

    public void Dispose()
    {
        if (_folder.Length == 0)
        {
            return;
        }

        if (_daemons.Count > 1 && !_daemons[1].HasExited)
        {
            // Jobs that a failed test has left end before their nodes do.
            Ask("scancel", "--user=root", "--signal=KILL", "--full");
            Ask("scancel", "--user=root");
            Stopwatch time = Stopwatch.StartNew();
            while (Ask("squeue", "-h").Output.Length > 0 && time.Elapsed < TimeSpan.FromSeconds(5))
            {
                Thread.Sleep(50);
            }
        }

        foreach (Process daemon in _daemons.AsEnumerable().Reverse())
        {
            HealthIngestionProcess.Signal(daemon, HealthIngestionProcess.Sigterm);
            if (!daemon.WaitForExit(3000))
            {
                daemon.Kill();
                daemon.WaitForExit();
            }

            daemon.Dispose();
        }

        _daemons.Clear();
        Directory.Delete(_folder, recursive: true);
        _folder = "";
    }

    private string Of(string name) => Path.Combine(_folder, name);

    private void WriteKey()
    {
        using FileStream key = new(Of("munge.key"), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        key.Write(RandomNumberGenerator.GetBytes(128));
    }

    /// <summary>
    /// No control groups, no accounting: a container has neither. A task that is queued again waits for as long as a credential is
    /// valid: two minutes, or the five seconds that are the least.
    /// </summary>
    private string Settings()
    {
        int[] ports = FreePorts(Nodes + 1);
        string nodes = string.Join('\n', Enumerable.Range(1, Nodes).Select(n => string.Create(
            CultureInfo.InvariantCulture, $"NodeName=n{n} NodeHostname=localhost NodeAddr=127.0.0.1 Port={ports[n]} CPUs=2 RealMemory=2000")));
        return string.Create(CultureInfo.InvariantCulture, $"""
            ClusterName=fastingest
            SlurmctldHost=localhost(127.0.0.1)
            SlurmctldPort={ports[0]}
            SlurmUser=root
            SlurmdUser=root
            AuthType=auth/munge
            AuthInfo=socket={Of("munge.socket")},cred_expire=5
            StateSaveLocation={Of("state")}
            SlurmdSpoolDir={_folder}/%n
            SlurmctldPidFile={Of("slurmctld.pid")}
            SlurmdPidFile={_folder}/%n.pid
            SlurmctldLogFile={Of("slurmctld.log")}
            SlurmdLogFile={_folder}/%n.log
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            JobAcctGatherType=jobacct_gather/none
            AccountingStorageType=accounting_storage/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_CPU_Memory
            SlurmdParameters=config_overrides
            SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,sched_interval=1,bf_interval=1
            MpiDefault=none
            KillWait=1
            ReturnToService=2
            {nodes}
            PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP

            """);
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] probes = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        Array.ForEach(probes, p => p.Start());
        int[] ports = [.. probes.Select(p => ((IPEndPoint)p.LocalEndpoint).Port)];
        Array.ForEach(probes, p => p.Dispose());
        return ports;
    }

    private void Daemon(string program, params string[] arguments)
    {
        Process process = HealthIngestionProcess.Start($"/usr/sbin/{program}", _folder, [("SLURM_CONF", Of("slurm.conf"))], arguments);
        process.StandardInput.Close();
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _daemons.Add(process);
    }
}
