using System.Collections.Concurrent;
using FastIngest.Net;

namespace FastIngest.Tests.Net;

/// <summary>Readers at any places of any objects get the right bytes, whatever the server does and however little room there is.</summary>
public sealed class RangeCacheTests
{
    private static readonly HttpTuning Patient = new() { FirstPause = TimeSpan.FromMilliseconds(1), LongestPause = TimeSpan.FromMilliseconds(5), Retries = 20 };

    [Fact]
    public void Threads_that_read_anywhere_get_the_right_bytes()
    {
        using FileServer server = FileServer.Start();
        int[] lengths = [1, RangeCache.BlockBytes, (5 * RangeCache.BlockBytes) + 17, (40 * RangeCache.BlockBytes) - 1];
        for (int i = 0; i < lengths.Length; i++)
        {
            byte[] bytes = new byte[lengths[i]];
            new Random(i).NextBytes(bytes);
            server.Serve($"{i}", bytes);
        }

        server.Instead = async (context, number) =>
        {
            await Task.Delay(number % 4);
            if (number % 5 == 0)
            {
                context.Abort();
                return true;
            }

            context.Response.StatusCode = number % 7 == 0 ? 503 : 200;
            return number % 7 == 0;
        };

        // The smallest capacity has less than the threads could use.
        using RemoteClient client = new(Patient, allowsHttp: false, _ => null, CancellationToken.None);
        using RangeCache cache = new(0, CancellationToken.None);
        RemoteObject[] objects = [.. lengths.Select((_, i) => Open(client, server, $"{i}").Object!)];
        ConcurrentBag<string> wrong = [];
        Thread[] threads = [.. Enumerable.Range(0, 24).Select(t => new Thread(() =>
        {
            Random random = new(t);
            byte[] buffer = new byte[RangeCache.BlockBytes * 3];
            for (int i = 0; i < 40; i++)
            {
                int which = random.Next(objects.Length);
                int from = random.Next(lengths[which]), count = random.Next(Math.Min(buffer.Length, lengths[which] - from) + 1);
                try
                {
                    cache.Read(objects[which], buffer.AsSpan(0, count), from);
                    if (server.Files[$"/{which}"].AsSpan(from, count).SequenceEqual(buffer.AsSpan(0, count)))
                    {
                        continue;
                    }

                    wrong.Add($"object {which}, {count} bytes from {from}");
                }
                catch (Exception e)
                {
                    wrong.Add(e.Message);
                }
            }
        }))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => Assert.True(t.Join(TimeSpan.FromMinutes(2)), "a reader waits for ever"));
        Assert.Empty(wrong);
    }

    [Fact]
    public void A_fault_reaches_all_readers_and_those_that_come_later()
    {
        using FileServer server = FileServer.Start();
        server.Serve("0", new byte[30 * RangeCache.BlockBytes]);
        using RemoteClient client = new(Patient, allowsHttp: false, _ => null, CancellationToken.None);
        using RangeCache cache = new(0, CancellationToken.None);
        RemoteObject source = Open(client, server, "0").Object!;
        server.Files["/0"] = new byte[30];
        int faults = 0;
        Parallel.For(0, 8, _ =>
        {
            IngestException fault = Assert.Throws<IngestException>(() => cache.Read(source, new byte[RangeCache.BlockBytes * 2], RangeCache.BlockBytes * 3L));
            Assert.Contains("changed while the run was under way", fault.Message, StringComparison.Ordinal);
            Interlocked.Increment(ref faults);
        });
        Assert.Equal(8, faults);
        Assert.Throws<IngestException>(() => cache.Read(source, new byte[1], 29L * RangeCache.BlockBytes));
    }

    [Fact]
    public void A_reader_that_waits_ends_with_the_run()
    {
        using FileServer server = FileServer.Start();
        server.Serve("0", new byte[3 * RangeCache.BlockBytes]);
        using CancellationTokenSource stop = new();
        using RemoteClient client = new(Patient, allowsHttp: false, _ => null, stop.Token);
        using RangeCache cache = new(0, stop.Token);
        RemoteObject source = Open(client, server, "0").Object!;
        server.Instead = async (context, _) =>
        {
            stop.Cancel();
            await Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        Assert.ThrowsAny<OperationCanceledException>(() => cache.Read(source, new byte[1], RangeCache.BlockBytes));
    }

    private static OpenedObject Open(RemoteClient client, FileServer server, string name) =>
        RemoteOpening.OpenAsync(client, HttpPlace.Parse(server.Url + name, allowsHttp: false), RangeCache.BlockBytes, Path.GetTempPath()).GetAwaiter().GetResult();
}
