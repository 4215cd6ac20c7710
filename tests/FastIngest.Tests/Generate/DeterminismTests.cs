using System.Security.Cryptography;
using FastIngest.Generate;

namespace FastIngest.Tests.Generate;

public class DeterminismTests
{
    [Theory]
    [InlineData(GeneratorStyle.Pretty, "359f14b219473e17a7684007c31f09c065b8d7f98578fca4d4ad0f7da1260e9a")]
    [InlineData(GeneratorStyle.Spaced, "a9b919c821e9e98aff0f6b5c0231aaf1e4e6eb122e948bc9f8e71473449c859e")]
    [InlineData(GeneratorStyle.Compact, "4fe5a9a1b3c530ba7e625a3f92c6b569ea9b8507caccb0ce12047bb81e5ae6fd")]
    [InlineData(GeneratorStyle.Ndjson, "12d9d4210c4b44dd9183004b1a9192a189bd6509d59b65a7eaf94f35302d5fcf")]
    public void The_same_options_give_the_same_bytes_on_every_machine(GeneratorStyle style, string sha256)
    {
        using GeneratedData data = GeneratedData.Make(o => o with { Users = 13, Days = 100, Seed = 42, Style = style, QuirkRate = 0.05 });
        Assert.Equal(sha256, Hash(data));
    }

    [Fact]
    public void Workers_have_no_influence_on_the_bytes()
    {
        int[] workerCounts = [1, 2, 3, 7];
        string[] hashes = [.. workerCounts.Select(workers =>
        {
            using GeneratedData data = GeneratedData.Make(o => o with { Users = 37, Days = 100, QuirkRate = 0.01, Workers = workers });
            return Hash(data);
        })];
        Assert.Single(hashes.Distinct());
    }

    [Fact]
    public void Another_seed_gives_other_people_and_other_days()
    {
        using GeneratedData one = GeneratedData.Make(o => o with { Users = 3, Days = 3 });
        using GeneratedData two = GeneratedData.Make(o => o with { Users = 3, Days = 3, Seed = 2 });
        Assert.All(GeneratedData.Categories, category => Assert.NotEqual(one.Bytes(category), two.Bytes(category)));
    }

    [Fact]
    public void More_users_and_days_do_not_change_the_others()
    {
        using GeneratedData small = GeneratedData.Make(o => o with { Users = 3, Days = 20, Style = GeneratorStyle.Ndjson });
        using GeneratedData large = GeneratedData.Make(o => o with { Users = 5, Days = 33, Style = GeneratorStyle.Ndjson });
        foreach (string category in GeneratedData.Categories)
        {
            HashSet<string> lines = [.. File.ReadLines(large.Result.Files.Single(f => Path.GetFileName(f.Path) == category + ".ndjson").Path)];
            Assert.All(File.ReadLines(small.Result.Files.Single(f => Path.GetFileName(f.Path) == category + ".ndjson").Path), line => Assert.Contains(line, lines));
        }
    }

    private static string Hash(GeneratedData data)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string category in GeneratedData.Categories)
        {
            hash.AppendData(data.Bytes(category));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
