namespace HealthIngestion.Exit;

/// <summary>The command line makes no sense; <see cref="Exception.Message"/> says why in one line. Exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
