using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace HealthIngestion.Tests;

/// <summary>The embedding server with its real model: what it answers, what its vectors mean, and <c>embed</c> and <c>search</c> with it.</summary>
public sealed class EmbeddingServerTests(EmbeddingServerProcess server) : IClassFixture<EmbeddingServerProcess>
{
    [Theory]
    [InlineData("I slept badly last night.", "My night was short and restless.", "I ate a large pizza.")]
    [InlineData("A long run in the park.", "She jogged ten kilometres outside.", "The invoice was paid in March.")]
    [InlineData("Her heart rate was high.", "The pulse was 150 beats per minute.", "The train to Hamburg is late.")]
    public async Task Sentences_with_the_same_meaning_are_nearer_than_others(string text, string near, string far)
    {
        float[][] vectors = await server.EmbedAsync(text, near, far);

        double nearScore = Dot(vectors[0], vectors[1]), farScore = Dot(vectors[0], vectors[2]);
        Assert.True(nearScore > farScore + 0.15, $"{nearScore} and {farScore}");
        Assert.All(vectors, v => Assert.Equal(1, Dot(v, v), 1e-5));
        Assert.All(vectors, v => Assert.Equal(384, v.Length));
    }

    [Fact]
    public async Task The_first_numbers_are_those_that_the_page_of_the_model_shows()
    {
        float[] vector = (await server.EmbedAsync("This is an example sentence"))[0];

        Assert.All(vector.Zip([0.0676569f, 0.0634959f, 0.0487131f, 0.0793049f]), n => Assert.Equal(n.Second, n.First, 1e-5f));
    }

    [Fact]
    public async Task A_text_has_the_same_vector_alone_and_among_longer_ones_in_any_order()
    {
        string[] texts = ["Short.", "A sentence of a few more words than that one.", string.Join(' ', Enumerable.Repeat("walking and sleeping", 200)), "Short."];

        float[][] together = await server.EmbedAsync(texts);

        for (int i = 0; i < texts.Length; i++)
        {
            float[] alone = (await server.EmbedAsync(texts[i]))[0];
            Assert.All(alone.Zip(together[i]), n => Assert.Equal(n.First, n.Second, 1e-4f));
        }
    }

    [Fact]
    public async Task Base64_has_the_same_numbers_and_the_response_is_that_of_the_API()
    {
        (HttpStatusCode _, JsonElement body) = await server.PostAsync(new { input = "Short.", model = "whatever", encoding_format = "base64" });

        float[] numbers = MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(body.GetProperty("data")[0].GetProperty("embedding").GetString()!)).ToArray();
        Assert.Equal((await server.EmbedAsync("Short."))[0], numbers);
        Assert.Equal(("list", "embedding", 0, "all-MiniLM-L6-v2"), (body.GetProperty("object").GetString(), body.GetProperty("data")[0].GetProperty("object").GetString(), body.GetProperty("data")[0].GetProperty("index").GetInt32(), body.GetProperty("model").GetString()));
        Assert.Equal(4, body.GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.Equal("""{"status": "ok", "model": "all-MiniLM-L6-v2", "dimensions": 384}""", await server.GetAsync("/health"));
    }

    private static readonly int[] NoTexts = [1, 2];

    [Fact]
    public async Task Wrong_requests_are_rejected_with_a_reason()
    {
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "65 texts in a request, but at most 64 are taken"), await Ask(new { input = Enumerable.Repeat("x", 65) }));
        Assert.Equal((HttpStatusCode.BadRequest, "input is missing"), await Ask(new { texts = "x" }));
        Assert.Equal((HttpStatusCode.BadRequest, "input is not a text or a list of texts"), await Ask(new { input = NoTexts }));
        Assert.Equal((HttpStatusCode.BadRequest, "input is not a text or a list of texts"), await Ask(new { input = Array.Empty<string>() }));
        Assert.Equal((HttpStatusCode.BadRequest, "encoding_format is neither float nor base64"), await Ask(new { input = "x", encoding_format = "int8" }));

        async Task<(HttpStatusCode, string)> Ask(object body)
        {
            (HttpStatusCode status, JsonElement response) = await server.PostAsync(body);
            return (status, response.GetProperty("error").GetProperty("message").GetString()!);
        }
    }

    [Fact]
    public void Days_are_found_by_what_they_mean()
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["data"]);
        File.WriteAllText(place["data/users.json"], """[{"user_id":"u1","name":"Ada"}]""");
        File.WriteAllText(place["data/sleep.json"], """[{"user_id":"u1","date":"2024-01-01","sleep_quality":"poor","total_sleep":3.5,"deep_sleep":0.4,"rem_sleep":0.3}]""");
        File.WriteAllText(place["data/activities.json"], """[{"user_id":"u1","date":"2024-01-02","activity_type":"running","duration":60,"distance":10,"steps":12000,"calories_burned":700}]""");
        File.WriteAllText(place["data/nutrition.json"], """[{"user_id":"u1","date":"2024-01-03","meal_type":"breakfast","calories":400,"protein":20,"carbs":50,"fat":10}]""");
        Outcome loaded = HealthIngestionProcess.Run(place.Directory, "data", "--quiet", "--embed", server.Url);
        Assert.True(loaded.ExitCode == 0, loaded.Error);

        Assert.Equal("2024-01-01", Best("a bad night with little rest"));
        Assert.Equal("2024-01-02", Best("went jogging outside"));
        Assert.Equal("2024-01-03", Best("what did she eat in the morning"));

        string Best(string text)
        {
            Outcome found = HealthIngestionProcess.Run(place.Directory, "search", text, "--api", server.Url, "--limit", "1", "--json");
            Assert.True(found.ExitCode == 0, found.Error);
            return JsonDocument.Parse(found.Output).RootElement.GetProperty("date").GetString()!;
        }
    }

    [Theory]
    [InlineData("unknown option --nonsense", "--nonsense", "1")]
    [InlineData("is not ADDRESS:PORT", "--listen", "here")]
    [InlineData("--batch 0 is not a number from 1 to 4096", "--batch", "0")]
    public void A_wrong_command_line_ends_with_2_and_the_usage(string expected, params string[] arguments)
    {
        using System.Diagnostics.Process process = HealthIngestionProcess.Start("dotnet", "/", [], [EmbeddingServerProcess.Library, .. arguments]);
        Outcome outcome = HealthIngestionProcess.Finish(process, System.Diagnostics.Stopwatch.StartNew());
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
        Assert.Contains("Usage: embedding-server", outcome.Error, StringComparison.Ordinal);
    }

    private static double Dot(float[] a, float[] b) => a.Zip(b).Sum(n => (double)n.First * n.Second);
}
