using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ApiStandIn;

/// <summary>
/// Posts summaries with .NET's client and does nothing else: no database, no marks, no second attempt. What it reaches is
/// what <c>push</c>, which has to use the same client, could reach at best.
/// </summary>
internal static class BarePosts
{
    /// <summary>Posts each row of an NDJSON file once, and prints posts per second and processor time a post in microseconds.</summary>
    public static async Task RunAsync(Uri url, string rows, int connections)
    {
        byte[][] bodies = [.. File.ReadLines(rows).Select(Body)];
        using HttpMessageInvoker client = new(new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });
        int next = -1;
        for (int round = 0; round < 2; round++)
        {
            // The first round is for the compiler.
            next = -1;
            TimeSpan cpu = Environment.CpuUsage.TotalTime;
            long started = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(PostAsync)));
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            cpu = Environment.CpuUsage.TotalTime - cpu;
            if (round > 0)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bodies.Length / seconds:0} {cpu.TotalMicroseconds / bodies.Length:0.0}"));
            }
        }

        async Task PostAsync()
        {
            MediaTypeHeaderValue json = new("application/json");
            byte[] answer = new byte[4096];
            for (int i = Interlocked.Increment(ref next); i < bodies.Length; i = Interlocked.Increment(ref next))
            {
                using HttpRequestMessage request = new(HttpMethod.Post, url) { Content = new ByteArrayContent(bodies[i]) };
                request.Content.Headers.ContentType = json;
                request.Headers.TryAddWithoutValidation("Idempotency-Key", "f9e1af41-8b87-5d5c-8fdc-3f2d0c1d5f0e");
                using HttpResponseMessage response = await client.SendAsync(request, CancellationToken.None).ConfigureAwait(false);
                response.EnsureSuccessStatusCode();
                await using Stream body = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
                while (await body.ReadAsync(answer).ConfigureAwait(false) > 0)
                {
                }
            }
        }
    }

    private static byte[] Body(string line)
    {
        using JsonDocument row = JsonDocument.Parse(line);
        string Raw(string name) => row.RootElement.GetProperty(name).GetRawText();
        return Encoding.UTF8.GetBytes($"{{\"text\": {Raw("summary")}, \"meta\": {{\"user_id\": {Raw("user_id")}, \"date\": {Raw("date")}, \"type\": \"daily_summary\"}}}}");
    }
}
