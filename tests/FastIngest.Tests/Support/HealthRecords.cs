using System.Collections.Concurrent;
using FastIngest.Generate;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Pipeline.HealthData;

namespace FastIngest.Tests.Support;

/// <summary>Records of every category and style: those of the sample sets, and generated ones with quirks.</summary>
internal static class HealthRecords
{
    private static readonly ConcurrentDictionary<Category, Lazy<IReadOnlyList<byte[]>>> Known = new();

    /// <summary>Whole objects, unchanged from their files.</summary>
    public static IReadOnlyList<byte[]> Of(Category category) =>
        Known.GetOrAdd(category, c => new Lazy<IReadOnlyList<byte[]>>(() => [.. Files(c).SelectMany(f => Sample(Split(f, c)))])).Value;

    private static List<byte[]> Files(Category category)
    {
        List<byte[]> files = [];
        foreach (string set in TestData.HealthSets)
        {
            files.AddRange(Directory.GetFiles(TestData.Health(set)).Order(StringComparer.Ordinal)
                .Where(f => HealthFileNames.CategoryOf(Path.GetFileName(f)) == category).Select(File.ReadAllBytes));
        }

        foreach (GeneratorStyle style in Enum.GetValues<GeneratorStyle>())
        {
            using TemporaryFolder folder = new();
            GeneratorResult result = DataSetGenerator.Generate(
                new GeneratorOptions { Directory = folder.Path, Users = 8, Days = 10, Style = style, QuirkRate = 0.2, Workers = 1 }, null, CancellationToken.None);
            files.AddRange(result.Files.Where(f => HealthFileNames.CategoryOf(Path.GetFileName(f.Path)) == category).Select(f => File.ReadAllBytes(f.Path)));
        }

        return files;
    }

    private static IEnumerable<byte[]> Sample(List<byte[]> records) =>
        records.Where((_, i) => i % Math.Max(1, records.Count / 200) == 0);

    /// <summary>Returns the objects that start at a brace after another value, a bracket or a line feed.</summary>
    private static List<byte[]> Split(byte[] file, Category category)
    {
        List<byte[]> records = [];
        RecordFields fields = new(RecordSchema.Of(category).Names);
        int at = file.AsSpan().IndexOf((byte)'{');
        while (at >= 0)
        {
            if (GeneralReader.Read(file.AsSpan(at), true, fields, out int length) == ReadStatus.Object && length < 100_000)
            {
                records.Add(file[at..(at + length)]);
                at += length;
            }
            else
            {
                at++;
            }

            int next = file.AsSpan(at).IndexOf((byte)'{');
            at = next < 0 ? -1 : at + next;
        }

        return records;
    }
}
