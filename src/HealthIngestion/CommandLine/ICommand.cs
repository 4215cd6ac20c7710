using System.CommandLine;

namespace HealthIngestion.CommandLine;

/// <summary>What a user can ask the program to do: how it is written on the command line, and the work.</summary>
internal interface ICommand
{
    CommandSpec Spec { get; }

    /// <summary>Does the work and returns the exit code.</summary>
    /// <exception cref="Exit.UsageException">The arguments contradict each other.</exception>
    int Run(ParseResult arguments);
}
