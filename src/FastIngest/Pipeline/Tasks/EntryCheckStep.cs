namespace FastIngest.Pipeline.Tasks;

/// <summary>
/// The step of a dictionary between map and finish: verifies that the pieces of all tasks are there and whole. Lines begin after a line
/// feed, so that no task guesses where its first record starts, and none is read once more.
/// </summary>
internal static class EntryCheckStep
{
    /// <returns>False if the check was done before.</returns>
    /// <exception cref="IngestException">Tasks are missing, or the output of one is damaged.</exception>
    public static bool Run(SharedRun run, Reporting reporting) =>
        !run.Folder.IsFinished && !run.Folder.Exists(WorkFolder.CheckName) && TaskProgress.Do(run, "check", 0, reporting, _ => Run(run), isDone => isDone);

    private static bool Run(SharedRun run)
    {
        int tasks = run.Plan.MapTasks.Length;
        EntryMapResult?[] results = [.. Enumerable.Range(0, tasks).Select(t => run.TryReadEntryMap(WorkFolder.MapManifest(t), t))];
        MissingTasks.Require("map", [.. results.Select(r => r is not null)]);
        for (int task = 0; task < tasks; task++)
        {
            using EntryPieceReader piece = EntryPieceReader.Of(run, results[task]!.Piece, task);
            piece.RequireWhole(results[task]!.PieceBytes);
        }

        CheckResult check = new(
            run.Name, [.. Enumerable.Range(0, tasks).Select(WorkFolder.MapManifest)], [.. results.Select(r => $"{WorkFolder.MapFolder}/{r!.Piece}")], [], []);
        return run.Folder.Commit(WorkFolder.CheckName, check, ResultForms.Check);
    }
}
