using System.Net;
using System.Net.Http.Headers;

namespace FastIngest.Net;

/// <summary>
/// An object on a server that sends parts of it. Its version is fixed when it is opened: bytes of another version are never
/// read. Thread-safe.
/// </summary>
internal sealed class RemoteObject
{
    private readonly RemoteClient _client;
    private readonly RemoteTarget _target;

    /// <param name="client">Sends the requests.</param>
    /// <param name="target">Where the object is.</param>
    /// <param name="version">Its version.</param>
    public RemoteObject(RemoteClient client, RemoteTarget target, ObjectVersion version) => (_client, _target, Version) = (client, target, version);

    public string DisplayName => _target.Place.DisplayName;

    public ObjectVersion Version { get; }

    public long Length => Version.Length;

    /// <summary>Why the object cannot be read any more; null if it can.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Reads a range. An attempt that fails goes on where the one before ended.</summary>
    /// <param name="offset">The start of the range.</param>
    /// <param name="end">The offset after the range, in the object.</param>
    /// <param name="receiver">Receives the bytes.</param>
    /// <exception cref="IngestException">The object has changed, or it cannot be read.</exception>
    public Task ReadAsync(long offset, long end, IRangeReceiver receiver) => _client.RetryAsync(_target.Place, async (timer, retries) =>
    {
        using HttpResponseMessage response = await _client.SendAsync(
            _target,
            HttpMethod.Get,
            request =>
            {
                request.Headers.Range = new RangeHeaderValue(offset, end - 1);
                Version.Require(request);
            },
            default,
            status => status is HttpStatusCode.PreconditionFailed or HttpStatusCode.RequestedRangeNotSatisfiable,
            timer).ConfigureAwait(false);
        RequireRange(response, offset, end);
        using Stream stream = await response.Content.ReadAsStreamAsync(timer.Token).ConfigureAwait(false);
        while (offset < end)
        {
            timer.Extend();
            Memory<byte> rest = receiver.Rest;
            int read = await stream.ReadAsync(rest[..(int)Math.Min(rest.Length, end - offset)], timer.Token).ConfigureAwait(false);
            if (read == 0)
            {
                throw new TransientFault($"the response ended at byte {offset} instead of {end}");
            }

            receiver.Advance(read);
            retries.Progress();
            offset += read;
        }

        return true;
    });

    private void RequireRange(HttpResponseMessage response, long offset, long end)
    {
        if (response.StatusCode == HttpStatusCode.PreconditionFailed)
        {
            throw Changed("its server no longer has that version");
        }

        if (response.StatusCode == HttpStatusCode.OK)
        {
            throw new TransientFault($"the server sent the whole file instead of the bytes from {offset} to {end}");
        }

        ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
        if (range?.Length is { } length)
        {
            ObjectVersion now = ObjectVersion.Of(response, length);
            if (!Version.Fits(now))
            {
                throw Changed(length == Length ? $"its version was {Version.Name} and is {now.Name}" : $"it had {Length} bytes and has {length}");
            }
        }

        if (response.StatusCode != HttpStatusCode.PartialContent || range is not { From: { } from, To: { } to } || from != offset || to != end - 1)
        {
            throw new IngestException(
                $"{DisplayName} cannot be read: asked for the bytes from {offset} to {end - 1}, the server responds with {(int)response.StatusCode} and {(range is null ? "no range" : RemoteClient.Clean(range.ToString()))}.",
                "The server or a proxy is faulty; download the file first.");
        }
    }

    private IngestException Changed(string how) =>
        new($"{DisplayName} changed while the run was under way: {how}.", "Wait until the file is complete and retry.");
}
