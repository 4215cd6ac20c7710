using System.Text.Json;
using FastIngest;
using HealthIngestion.Server;
using HealthIngestion.Server.Terminal;
using HealthIngestion.Settings;

// The command `health_ingestion serve` has checked everything, and replaces itself by this program.
string? text = Environment.GetEnvironmentVariable(ServeSettings.Variable);
if (text is null)
{
    Console.Error.WriteLine("error: this program is started by `health_ingestion serve`.");
    return 2;
}

// No child, and no dump of the environment by another part of the process, sees the token.
Environment.SetEnvironmentVariable(ServeSettings.Variable, null);
ServerLog? log = null;
try
{
    ServeSettings settings = ServeSettings.FromJson(text);
    log = new ServerLog(settings.IsLogJson, settings.IsQuiet);
    return await ServerRun.RunAsync(settings, log);
}
catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException && log is null)
{
    Console.Error.WriteLine($"error: {ServeSettings.Variable} is not what this version of `health_ingestion serve` hands over; install both programs from one build.");
    return 2;
}
catch (IngestException fault)
{
    log!.Error($"{fault.Message} {fault.Remedy}");
    return 1;
}
