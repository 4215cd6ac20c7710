using System.Text;
using System.Text.Json;
using FastIngest.Dialects;
using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Pipeline.HealthData;
using FastIngest.Pipeline.Map;
using FastIngest.Sources;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Pipeline;

public sealed class RejectLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _target;

    public RejectLogTests() => _target = _folder.File("rejects.ndjson");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_reject_is_kept_with_its_place_and_its_text()
    {
        string path = _folder.Write("sleep.json", "\n\n{\"a\":\n\"ü\"}\nbad\xFF"u8[..^2]);
        List<JsonElement> lines = Write(100, (0, [new Reject(2, 11, RejectReason.NoUserId), new Reject(14, 3, RejectReason.InvalidJson)]));
        Assert.Equal(
            $"{{\"file\": \"{path}\", \"category\": \"sleep\", \"reason\": \"no_user_id\", \"offset\": 2, \"length\": 11, \"line\": 3, \"raw\": \"{{\\\"a\\\":\\n\\\"ü\\\"}}\"}}",
            lines[0].GetRawText());
        Assert.Equal(5, lines[1].GetProperty("line").GetInt32());
        Assert.Equal("bad", lines[1].GetProperty("raw").GetString());
    }

    [Fact]
    public void Text_that_is_not_valid_UTF_8_is_kept_as_base64()
    {
        byte[] bytes = [(byte)'"', 0xC3, (byte)'"'];
        _folder.Write("sleep.json", bytes);
        JsonElement line = Assert.Single(Write(100, (0, [new Reject(0, 3, RejectReason.InvalidText)])));
        Assert.Equal(bytes, line.GetProperty("raw_base64").GetBytesFromBase64());
        Assert.False(line.TryGetProperty("raw", out _));
    }

    [Fact]
    public void Of_a_large_element_only_the_largest_record_size_is_kept()
    {
        _folder.Write("sleep.json", "0123456789"u8);
        List<JsonElement> lines = Write(4, (0, [new Reject(0, 4, RejectReason.NoDate), new Reject(4, 6, RejectReason.TooLarge)]));
        Assert.False(lines[0].TryGetProperty("truncated", out _));
        Assert.True(lines[1].GetProperty("truncated").GetBoolean());
        Assert.Equal("4567", lines[1].GetProperty("raw").GetString());
        Assert.Equal(6, lines[1].GetProperty("length").GetInt32());
    }

    [Fact]
    public void Rejects_of_several_files_come_in_the_order_of_the_files()
    {
        foreach (string name in (string[])["users.json", "sleep.json", "heart_rate.json"])
        {
            _folder.Write(name, Encoding.UTF8.GetBytes(new string('\n', 999) + "x"));
        }

        List<JsonElement> lines = Write(
            100, (2, [new Reject(5, 1, RejectReason.NoValue)]), (0, [new Reject(7, 1, RejectReason.NoUserId)]), (2, [new Reject(900, 1, RejectReason.NoValue)]), (1, [new Reject(1, 1, RejectReason.NoDate)]));
        Assert.Equal(["users 8", "sleep 2", "heart_rate 6", "heart_rate 901"], lines.Select(l => $"{l.GetProperty("category")} {l.GetProperty("line")}"));
        Assert.Equal(["heart_rate.json", "rejects.ndjson", "sleep.json", "users.json"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Lines_are_counted_across_the_pieces_in_which_a_file_is_read()
    {
        string text = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i}\n"));
        _folder.Write("sleep.json", text.Bytes());
        Reject[] rejects = [.. Enumerable.Range(0, 60).Select(i => new Reject(text.IndexOf($"\n{i * 1000}\n", StringComparison.Ordinal) + 1, 1, RejectReason.NotAnObject))];
        Assert.Equal(Enumerable.Range(0, 60).Select(i => (i * 1000) + 1), Write(100, (0, rejects)).Select(l => l.GetProperty("line").GetInt32()));
    }

    [Fact]
    public void Nothing_is_written_when_nothing_is_rejected()
    {
        _folder.Write("sleep.json", "[]"u8);
        File.WriteAllText(_target, "of an earlier run");
        using (HealthInput input = HealthInput.Open([_folder.Path], DialectCatalog.All, null, new InputOptions()))
        {
            using RejectLog log = new(_target, 100);
            log.Complete();
            Assert.Empty(log.CountsOf(Category.Sleep));
        }

        Assert.Equal("of an earlier run", File.ReadAllText(_target));
    }

    [Fact]
    public void A_log_that_is_not_completed_leaves_nothing()
    {
        _folder.Write("sleep.json", "x"u8);
        using (HealthInput input = HealthInput.Open([_folder.Path], DialectCatalog.All, null, new InputOptions()))
        {
            using RejectLog log = new(_target, 100);
            log.Add(input.Plan(4096, 100)[0], new Reject(0, 1, RejectReason.InvalidJson));
        }

        Assert.Equal(["sleep.json"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Several_logs_at_a_time_may_go_to_a_device()
    {
        _folder.Write("sleep.json", "x"u8);
        using HealthInput input = HealthInput.Open([_folder.Path], DialectCatalog.All, null, new InputOptions());
        using RejectLog one = new("/dev/null", 100);
        using RejectLog other = new("/dev/null", 100);
        foreach (RejectLog log in (RejectLog[])[one, other])
        {
            log.Add(input.Plan(4096, 100)[0], new Reject(0, 1, RejectReason.InvalidJson));
        }

        one.Complete();
        other.Complete();
        Assert.Equal(1, other.CountsOf(Category.Sleep)[RejectReason.InvalidJson]);
        Assert.True(File.Exists("/dev/null"));
    }

    [Fact]
    public void A_path_that_cannot_be_written_is_a_fault_that_names_it()
    {
        _folder.Write("sleep.json", "x"u8);
        using HealthInput input = HealthInput.Open([_folder.Path], DialectCatalog.All, null, new InputOptions());
        using RejectLog log = new(_folder.File("missing/rejects.ndjson"), 100);
        IngestException fault = Assert.Throws<IngestException>(() => log.Add(input.Plan(4096, 100)[0], new Reject(0, 1, RejectReason.InvalidJson)));
        Assert.Contains("missing/rejects.ndjson", fault.Message, StringComparison.Ordinal);
    }

    private List<JsonElement> Write(int maxRecordBytes, params (int File, Reject[] Rejects)[] rejects)
    {
        using HealthInput input = HealthInput.Open([_folder.Path], DialectCatalog.All, null, new InputOptions());
        using RejectLog log = new(_target, maxRecordBytes);
        IReadOnlyList<FilePlan> plans = input.Plan(4096, maxRecordBytes);
        foreach ((int file, Reject[] some) in rejects)
        {
            Array.ForEach(some, r => log.Add(plans[file], r));
        }

        log.Complete();
        return [.. File.ReadAllLines(_target, Encoding.UTF8).Select(l => JsonDocument.Parse(l).RootElement)];
    }
}
