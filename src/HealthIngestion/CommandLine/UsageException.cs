namespace HealthIngestion.CommandLine;

/// <summary>The command line cannot be obeyed; <see cref="Exception.Message"/> says why in one line. Exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
