using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Sources;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Pipeline;

/// <summary>
/// A property: in any tree of files, every byte is accounted for. A file is read or named as unread; a record that is read is
/// aggregated, repeated or rejected; the other bytes of a file that is read are brackets, commas, white space and the
/// properties of a wrapper.
/// </summary>
public sealed class FileTreeTests
{
    private static readonly Category[] Dated = [Category.Activities, Category.Workouts, Category.Nutrition, Category.Sleep, Category.HeartRate, Category.Measurements];
    private static readonly string[] Garbage = ["tru", "nonsense", "{\"a\":", "{\"user_id\":\"u\"", "\"", "7", "{}", "{\"user_id\":\"\"}", "\\", "null", "{\"user_id\":\"u\",\"date\":\"2024-13-01\"}", "\"s\""];
    private static readonly string[] Foreign = ["notes.txt", "photo.jpg", "heartrate.json", ".DS_Store", "data.xml", "Sleep.xlsx", "my sleep.json", "sleep.json.part", "rejects.ndjson"];

    [Fact]
    public void Every_byte_of_every_file_is_accounted_for() => Fuzz.Run(5200000, 60, random =>
    {
        using TemporaryFolder folder = new();
        Tree tree = new(random, folder.Path);
        for (int files = random.Next(1, 14); files > 0; files--)
        {
            tree.AddFile();
        }

        // At least one file can be read.
        tree.AddPlain(Category.Users, "users.json");
        RunResult result = Run.Ingest(new IngestOptions { Paths = [folder.Path], Workers = 2, ChunkBytes = random.Next(50, 3000), Partitions = random.Next(1, 4) });
        tree.Check(result);
    });

    private sealed class Tree(Random random, string root)
    {
        /// <summary>The content of each file that must be read, by path; null for one that must be named.</summary>
        private readonly Dictionary<string, Content?> _files = [];
        private readonly List<Content> _made = [];
        private int _number;

        public void AddFile()
        {
            string folder = Path.Combine(root, random.Next(3) switch { 0 => "", 1 => "My Takeout", _ => Path.Combine("a b", "c") });
            Directory.CreateDirectory(folder);
            _number++;
            Category category = Dated[random.Next(Dated.Length)];
            string name = Path.Combine(folder, Name(category));
            switch (random.Next(9))
            {
                case 0:
                    string foreign = Path.Combine(folder, $"{_number}");
                    Directory.CreateDirectory(foreign);
                    foreign = Path.Combine(foreign, Foreign[random.Next(Foreign.Length)]);
                    Write(foreign, Encoding.UTF8.GetBytes("[{\"user_id\":\"u\",\"date\":\"2024-01-01\"}]"), null);
                    break;
                case 1:
                    Write(name + ".json", random.Next(2) == 0 ? "<!doctype html><p>sign in</p>"u8.ToArray() : new byte[random.Next(100, 5000)], null);
                    break;
                case 2 when _files.Keys.FirstOrDefault(File.Exists) is { } target && !target.Contains('!', StringComparison.Ordinal):
                    File.CreateSymbolicLink(name + "-link.json", target);
                    _files[name + "-link.json"] = null;
                    break;
                case 3:
                    Content packed = Make(category);
                    Write(name + ".json.gz", Pack(packed.Bytes), packed);
                    break;
                case 4:
                    AddArchive(folder, category);
                    break;
                case 5:
                    Content wide = Make(category);
                    Encoding encoding = random.Next(2) == 0 ? Encoding.Unicode : Encoding.UTF32;
                    Write(name + ".json", [.. encoding.GetPreamble(), .. encoding.GetBytes(Encoding.UTF8.GetString(wide.Bytes))], wide);
                    break;
                case 6 when _made.Count > 0:
                    // A copy of an earlier file in the same category, as browsers make it.
                    Content copy = _made[random.Next(_made.Count)];
                    Write(Path.Combine(folder, $"{copy.Category.Name()} ({_number}).JSON"), copy.Bytes, copy);
                    break;
                default:
                    AddPlain(category, Path.GetRelativePath(root, name + ".json"));
                    break;
            }
        }

        public void AddPlain(Category category, string relative)
        {
            Content content = Make(category);
            Write(Path.Combine(root, relative), content.Bytes, content);
        }

        public void Check(RunResult result)
        {
            Dictionary<string, string> unread = [];
            foreach (UnreadFile file in result.Report.Unread)
            {
                unread.TryAdd(file.Path.TrimEnd('/'), file.Reason);
            }

            ILookup<string, (long Offset, long Length)> rejects = result.Rejects.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement)
                .ToLookup(r => r.GetProperty("file").GetString()!, r => (r.GetProperty("offset").GetInt64(), r.GetProperty("length").GetInt64()));
            long good = 0;
            Dictionary<string, int> union = [];
            foreach ((string path, Content? content) in _files)
            {
                if (content is null)
                {
                    Assert.True(unread.ContainsKey(path), $"{path} is neither read nor named");
                    continue;
                }

                // A torn record before the end of the records takes the rest of the wrapper with it, which is then a reject.
                bool isPartNamed = unread.ContainsKey(path);
                Assert.True(content.Part is not null || !isPartNamed, $"{path} has no part that is not read, named: {unread.GetValueOrDefault(path)}");
                (int, int)[] odd = content.Part is { } part && !isPartNamed ? [.. content.Odd, part] : [.. content.Odd];
                good += content.Records.Count;
                foreach (IGrouping<string, string> records in content.Records.GroupBy(content.KeyOf))
                {
                    union[records.Key] = Math.Max(union.GetValueOrDefault(records.Key), records.Count());
                }

                foreach ((int start, int length) in odd)
                {
                    Assert.True(
                        Enumerable.Range(start, length).Where(at => content.Bytes[at] is not ((byte)',' or (byte)' ')).All(at => rejects[path].Any(r => at >= r.Offset && at < r.Offset + r.Length)),
                        $"{path}: the bytes {start} to {start + length} are in no reject: {Encoding.UTF8.GetString(content.Bytes)}");
                }
            }

            Assert.Equal(union.Values.Sum(), result.Report.Aggregated);
            Assert.Equal(good - union.Values.Sum(), result.Report.Repeated);
            Assert.Equal(rejects.Sum(r => r.Count()), result.Report.Rejected);
            Assert.Equal(result.Report.Records, result.Report.Aggregated + result.Report.Repeated + result.Report.Rejected);
        }

        private string Name(Category category) => random.Next(4) switch
        {
            0 => $"{category.Name()}-{_number}",
            1 => $"{category.Name().ToUpperInvariant()} ({_number})",
            2 => $"{category.Name()}{_number}",
            _ => $"{_number} {category.Name()} copy",
        };

        private void AddArchive(string folder, Category category)
        {
            string path = Path.Combine(folder, $"{_number}!export.zip");
            using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
            Content content = Make(category);
            Add($"in/{category.Name()}.json", content.Bytes, content);
            Add("in/readme.txt", "hello"u8.ToArray(), null);

            void Add(string name, byte[] bytes, Content? of)
            {
                using Stream member = zip.CreateEntry(name).Open();
                member.Write(bytes);
                _files[$"{path}/{name}"] = of;
            }
        }

        private void Write(string path, byte[] bytes, Content? content)
        {
            File.WriteAllBytes(path, bytes);
            _files[path] = content;
        }

        private static byte[] Pack(byte[] bytes)
        {
            using MemoryStream packed = new();
            using (GZipStream gzip = new(packed, CompressionMode.Compress, leaveOpen: true))
            {
                gzip.Write(bytes);
            }

            return packed.ToArray();
        }

        private Content Make(Category category)
        {
            Content content = new(random, category);
            _made.Add(content);
            return content;
        }
    }

    /// <summary>A document with good and odd records, whole, cut off, or in a wrapper with further arrays.</summary>
    private sealed class Content
    {
        private readonly StringBuilder _text = new();

        public Content(Random random, Category category)
        {
            Category = category;
            int form = random.Next(4);
            _text.Append(form switch { 0 => "[", 1 => "{\"exported\": \"now\", \"rows\": [\n", _ => "" });
            bool isFirst = true;
            for (int pieces = random.Next(1, 12); pieces > 0; pieces--)
            {
                _text.Append(isFirst ? "" : form < 2 ? ",\n" : "\n");

                // The first element must be an object, or a wrapper is not one.
                if (random.Next(5) > 0 || isFirst)
                {
                    string record = $$"""{"user_id":"u{{random.Next(2)}}","date":"2024-01-0{{random.Next(1, 4)}}","value":{{random.Next(3)}}}""";
                    Records.Add(record);
                    _text.Append(record);
                }
                else
                {
                    string odd = category == Category.Users ? "nonsense" : Garbage[random.Next(Garbage.Length)];
                    Odd.Add((_text.Length, odd.Length));
                    _text.Append(odd);
                }

                isFirst = false;
            }

            bool isCut = form < 2 && random.Next(3) == 0;
            if (form == 1 && !isCut && random.Next(2) == 0)
            {
                _text.Append("], \"naps\": [");
                const string Unread = "{\"user\":\"u\"}, 1";
                Part = (_text.Length, Unread.Length);
                _text.Append(Unread);
            }

            _text.Append(isCut ? "" : form switch { 0 => "]", 1 => "]}", _ => "" });
            Bytes = Encoding.UTF8.GetBytes(_text.ToString());
        }

        public Category Category { get; }

        public byte[] Bytes { get; }

        public List<string> Records { get; } = [];

        /// <summary>What two records must have in common to be equal: the fields that are read.</summary>
        public string KeyOf(string record) =>
            $"{Category} {(Category is Category.HeartRate or Category.Measurements ? record : record[..record.IndexOf(",\"value", StringComparison.Ordinal)])}";

        /// <summary>The bytes that are no good record, which must be in rejects.</summary>
        public List<(int Start, int Length)> Odd { get; } = [];

        /// <summary>The bytes in an array of the wrapper that is not read; null without one.</summary>
        public (int Start, int Length)? Part { get; }
    }
}
