using System.Globalization;
using System.Text.Json;
using FastIngest.Generate;

namespace FastIngest.Tests.Generate;

/// <summary>A generated data set in a directory of its own, which is deleted at the end of the test.</summary>
public sealed class GeneratedData : IDisposable
{
    public static readonly string[] Categories =
        ["users", "activities", "workouts", "nutrition", "sleep", "heart_rate", "measurements"];

    public GeneratedData() => Directory = System.IO.Directory.CreateTempSubdirectory("fastingest-generate-").FullName;

    public string Directory { get; }

    public GeneratorResult Result { get; private set; } = new([]);

    public long TotalBytes => Result.Files.Sum(file => file.Bytes);

    public static GeneratedData Make(Func<GeneratorOptions, GeneratorOptions> change)
    {
        GeneratedData data = new();
        data.Result = DataSetGenerator.Generate(change(new GeneratorOptions { Directory = data.Directory }), null, CancellationToken.None);
        return data;
    }

    public byte[] Bytes(string category) => File.ReadAllBytes(Result.Files.Single(file => Path.GetFileNameWithoutExtension(file.Path) == category).Path);

    /// <summary>The records of a data set without quirks.</summary>
    public List<JsonElement> Records(string category)
    {
        byte[] bytes = Bytes(category);
        if (bytes.Length > 0 && bytes[0] == '[')
        {
            return [.. JsonDocument.Parse(bytes).RootElement.EnumerateArray()];
        }

        return [.. Lines(bytes).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    public static List<byte[]> Lines(byte[] bytes)
    {
        List<byte[]> lines = [];
        int start = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '\n')
            {
                lines.Add(bytes[start..i]);
                start = i + 1;
            }
        }

        Assert.Equal(bytes.Length, start);
        return lines;
    }

    public static string UserId(int number) => "user_" + number.ToString("D6", CultureInfo.InvariantCulture);

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
