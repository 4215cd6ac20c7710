using System.Globalization;
using FastIngest.Net;
using HealthIngestion.Exit;
using HealthIngestion.Options;

namespace HealthIngestion.Settings;

/// <summary>Which run and which task a command line of a step asks for.</summary>
internal static class TaskSettings
{
    /// <exception cref="UsageException">The option is missing, or names a web server.</exception>
    public static string RequireWork(string command, string? work) =>
        work is null ? throw new UsageException($"{command} needs --work DIR, the work folder of the run")
        : RemotePath.Is(work) && !RemotePath.IsOfS3(work) ? throw new UsageException($"{RemotePath.Show(work)} is no work folder: name one of a file system, or s3://BUCKET/PREFIX")
        : work;

    /// <summary>Returns the index of the task.</summary>
    /// <exception cref="UsageException">Neither the option nor the environment has one.</exception>
    public static int RequireTask(string command, int? task)
    {
        if (task is { } given)
        {
            return given;
        }

        foreach (string variable in TaskOptions.IndexVariables)
        {
            string? text = Environment.GetEnvironmentVariable(variable);
            if (!string.IsNullOrEmpty(text))
            {
                return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                    ? index
                    : throw new UsageException($"{variable} '{text}' is not the index of a task");
            }
        }

        throw new UsageException($"{command} needs --task N, or {string.Join(" or ", TaskOptions.IndexVariables)} in the environment");
    }
}
