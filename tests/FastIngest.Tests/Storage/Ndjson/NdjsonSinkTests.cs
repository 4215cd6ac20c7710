using System.Diagnostics;
using System.Text;
using System.Text.Json;
using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Ndjson;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Storage.Ndjson;

public sealed class NdjsonSinkTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_row_is_one_line_formatted_like_Pythons_json()
    {
        SummaryBatch batch = new SummaryBatch()
            .User("u\"1", "Zoë \"Z\"")
            .Row("u\"1", "0800-02-29", 2, (Category.Nutrition, "Meal: x."), (Category.HeartRate, "Heart\trate."), (Category.Measurements, "Measured: weight 61.5."));
        SinkResult result = await File("out.ndjson").IngestAsync(batch);
        Assert.Equal(new SinkResult(1, 1, 0, 0), result);
        Assert.Equal(
            "{\"user_id\": \"u\\\"1\", \"date\": \"0800-02-29\", \"activity_count\": 0, \"activity_minutes\": null, \"activity_kcal\": null, "
            + "\"activity_km\": null, \"activity_steps\": null, \"activity_hr_max\": null, \"workout_count\": 0, \"workout_minutes\": null, "
            + "\"workout_kcal\": null, \"meal_count\": 2, \"meal_kcal\": 1000.2, \"protein_g\": null, \"carbs_g\": null, \"fat_g\": null, "
            + "\"sleep_count\": 0, \"sleep_hours\": null, \"deep_sleep_hours\": null, \"rem_sleep_hours\": null, \"sleep_quality\": null, "
            + "\"resting_hr\": null, \"hr_count\": 2, \"hr_min\": null, \"hr_max\": null, \"hr_mean\": 85.33333333333333, "
            + "\"measurements\": {\"weight\": 61.5}, \"summary\": \"Zoë \\\"Z\\\" on 0800-02-29. Meal: x. Heart\\trate. Measured: weight 61.5.\"}\n",
            await System.IO.File.ReadAllTextAsync(_folder["out.ndjson"]));
        Assert.Equal(["out.ndjson"], _folder.Names);
    }

    [Fact]
    public async Task A_file_is_replaced_only_at_completion()
    {
        await System.IO.File.WriteAllTextAsync(_folder["out.ndjson"], "before");
        await using NdjsonSink sink = File("out.ndjson");
        await sink.OpenAsync(Rows.Run(), CancellationToken.None);
        await sink.WriteAsync(ManyRows(2_000), CancellationToken.None);
        Assert.Equal("before", await System.IO.File.ReadAllTextAsync(_folder["out.ndjson"]));
        Assert.Equal(["out.ndjson", "out.ndjson.partial"], _folder.Names);

        await sink.CompleteAsync(Rows.Figures, CancellationToken.None);
        string[] lines = await System.IO.File.ReadAllLinesAsync(_folder["out.ndjson"]);
        Assert.Equal(2_000, lines.Length);
        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
        Assert.Equal(["out.ndjson"], _folder.Names);
    }

    [Fact]
    public async Task An_aborted_run_leaves_the_file_unchanged()
    {
        await System.IO.File.WriteAllTextAsync(_folder["out.ndjson"], "before");
        await using (NdjsonSink sink = File("out.ndjson"))
        {
            await sink.OpenAsync(Rows.Run(), CancellationToken.None);
            await sink.WriteAsync(ManyRows(2_000), CancellationToken.None);
        }

        Assert.Equal("before", await System.IO.File.ReadAllTextAsync(_folder["out.ndjson"]));
        Assert.Equal(["out.ndjson"], _folder.Names);
    }

    [Fact]
    public async Task The_partial_file_of_a_killed_run_is_overwritten()
    {
        await System.IO.File.WriteAllTextAsync(_folder["out.ndjson.partial"], new string('x', 10_000));
        await File("out.ndjson").IngestAsync();
        Assert.Equal("", await System.IO.File.ReadAllTextAsync(_folder["out.ndjson"]));
    }

    [Fact]
    public async Task A_link_to_a_file_stays_a_link()
    {
        Directory.CreateDirectory(_folder["real"]);
        await System.IO.File.WriteAllTextAsync(_folder["real/target"], "before");
        System.IO.File.CreateSymbolicLink(_folder["link"], _folder["real/target"]);
        await File("link").IngestAsync(ManyRows(1));
        Assert.NotNull(new FileInfo(_folder["link"]).LinkTarget);
        Assert.StartsWith("{\"user_id\"", await System.IO.File.ReadAllTextAsync(_folder["real/target"]));
    }

    [Fact]
    public async Task Two_runs_cannot_write_the_same_file()
    {
        await using NdjsonSink first = File("out.ndjson");
        await first.OpenAsync(Rows.Run(), CancellationToken.None);
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => File("out.ndjson").IngestAsync());
        Assert.Contains("another run", e.Message);
        await first.WriteAsync(ManyRows(1), CancellationToken.None);
        await first.CompleteAsync(Rows.Figures, CancellationToken.None);
        Assert.Single(await System.IO.File.ReadAllLinesAsync(_folder["out.ndjson"]));
    }

    [Fact]
    public async Task A_full_disk_is_reported_clearly()
    {
        Assert.SkipUnless(System.IO.File.Exists("/dev/full"), "needs /dev/full");
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => new NdjsonSink("/dev/full", Stream).IngestAsync(ManyRows(1)));
        Assert.Equal("/dev/full cannot be written: the disk is full.", e.Message);
        Assert.False(System.IO.File.Exists("/dev/full.partial"));
    }

    [Fact]
    public async Task A_missing_folder_is_reported_before_any_input_is_read()
    {
        await using NdjsonSink sink = File("none/out.ndjson");
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => sink.OpenAsync(Rows.Run(), CancellationToken.None).AsTask());
        Assert.Contains("folder does not exist", e.Message);
        Assert.Equal("Create the folder, or name another file.", e.Remedy);
    }

    [Fact]
    public async Task A_folder_is_rejected()
    {
        await using NdjsonSink sink = new(_folder.FullPath, Stream);
        IngestException e = await Assert.ThrowsAsync<IngestException>(() => sink.OpenAsync(Rows.Run(), CancellationToken.None).AsTask());
        Assert.EndsWith("is a folder.", e.Message);
    }

    [Fact]
    public async Task Standard_output_is_written_but_not_closed()
    {
        MemoryStream output = new();
        await new NdjsonSink("-", () => output).IngestAsync(ManyRows(3));
        Assert.Equal(3, Encoding.UTF8.GetString(output.ToArray()).Count(c => c == '\n'));
        Assert.True(output.CanWrite);
    }

    [Fact]
    public async Task A_closed_pipe_is_reported_clearly()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs named pipes");
        string pipe = _folder["pipe"];
        using (Process make = Process.Start("mkfifo", pipe))
        {
            await make.WaitForExitAsync();
        }

        await using NdjsonSink sink = new(pipe, Stream);
        ValueTask opening = sink.OpenAsync(Rows.Run(), CancellationToken.None);
        using (FileStream reader = new(pipe, FileMode.Open, FileAccess.Read))
        {
            await opening;
        }

        IngestException e = await Assert.ThrowsAsync<IngestException>(async () =>
        {
            await sink.WriteAsync(ManyRows(2_000), CancellationToken.None);
            await sink.CompleteAsync(Rows.Figures, CancellationToken.None);
        });
        Assert.Contains("the reader closed it", e.Message);
    }

    [Fact]
    public async Task A_cancellation_ends_the_wait_for_a_pipe_without_a_reader()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs named pipes");
        await using NdjsonSink sink = new(_folder["pipe"], Stream);
        using HeldPipe pipe = new(_folder["pipe"]);
        await sink.OpenAsync(Rows.Run(), CancellationToken.None);
        using CancellationTokenSource source = new();
        Task writing = Task.Run(() => sink.WriteAsync(ManyRows(2_000), source.Token).AsTask(), TestContext.Current.CancellationToken);
        Poll.Until(() => pipe.IsFull, "Nothing was written into the pipe.");
        Assert.False(writing.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(Poll.Deadline, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Calls_out_of_order_are_rejected()
    {
        await using NdjsonSink sink = new("-", Stream);
        await Assert.ThrowsAsync<InvalidOperationException>(() => sink.WriteAsync(new SummaryBatch(), CancellationToken.None).AsTask());
        await sink.OpenAsync(Rows.Run(), CancellationToken.None);
        await Assert.ThrowsAsync<InvalidOperationException>(() => sink.OpenAsync(Rows.Run(), CancellationToken.None).AsTask());
        await sink.CompleteAsync(Rows.Figures, CancellationToken.None);
        await Assert.ThrowsAsync<InvalidOperationException>(() => sink.CompleteAsync(Rows.Figures, CancellationToken.None).AsTask());
        await sink.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => sink.WriteAsync(new SummaryBatch(), CancellationToken.None).AsTask());
    }

    private static SummaryBatch ManyRows(int count)
    {
        SummaryBatch batch = new();
        for (int i = 0; i < count; i++)
        {
            batch.Row($"u{i:000000}", "2024-01-01", i, (Category.Sleep, "Sleep: 8 h."));
        }

        return batch;
    }

    private static MemoryStream Stream() => new();

    private NdjsonSink File(string name) => new(_folder[name], Stream);
}
