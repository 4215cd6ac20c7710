using System.Net;
using System.Net.Http.Headers;
using Microsoft.Win32.SafeHandles;

namespace FastIngest.Net;

/// <summary>
/// Opens an object: the first request asks for its first bytes. A server that sends parts shows by its response what the whole is;
/// from any other one the whole is downloaded into a temporary file.
/// </summary>
internal static class RemoteOpening
{
    private const int BufferBytes = 256 << 10;

    /// <param name="client">Sends the requests.</param>
    /// <param name="place">Where the object is.</param>
    /// <param name="headBytes">The number of bytes to ask for.</param>
    /// <param name="tempDirectory">The folder for a download.</param>
    /// <exception cref="IngestException">The object does not exist, or it cannot be read.</exception>
    public static Task<OpenedObject> OpenAsync(RemoteClient client, RemotePlace place, int headBytes, string tempDirectory)
    {
        bool asksForAll = false;
        return client.RetryAsync(place, async (timer, _) =>
        {
            RemoteTarget target = new(place);
            HttpResponseMessage response = await SendAsync(asksForAll).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                // An empty object has no first bytes.
                response.Dispose();
                asksForAll = true;
                response = await SendAsync(true).ConfigureAwait(false);
            }

            using (response)
            {
                string name = NameOf(response, place);
                if (response.StatusCode == HttpStatusCode.PartialContent)
                {
                    if (response.Content.Headers.ContentRange is { From: 0, To: { } to, Length: { } length } && to == Math.Min(headBytes, length) - 1)
                    {
                        byte[] head = new byte[to + 1];
                        await ReadAsync(response, timer, head).ConfigureAwait(false);
                        return new OpenedObject(name, ObjectVersion.Of(response, length)) { Object = new RemoteObject(client, target, ObjectVersion.Of(response, length)), Head = head };
                    }

                    if (asksForAll)
                    {
                        throw new IngestException($"{place.DisplayName} cannot be read: asked for the whole file, the server responds with 206 and a part of it.", "The server or a proxy is faulty; download the file first.");
                    }

                    asksForAll = true;
                    throw new TransientFault("the server sent other bytes than the first");
                }

                return await DownloadAsync(response, place, name, tempDirectory, timer).ConfigureAwait(false);
            }

            Task<HttpResponseMessage> SendAsync(bool all) => client.SendAsync(
                target,
                HttpMethod.Get,
                request => request.Headers.Range = all ? null : new RangeHeaderValue(0, headBytes - 1),
                default,
                status => !all && status == HttpStatusCode.RequestedRangeNotSatisfiable,
                timer);
        });
    }

    private static async Task ReadAsync(HttpResponseMessage response, AttemptTimer timer, byte[] head)
    {
        using Stream stream = await response.Content.ReadAsStreamAsync(timer.Token).ConfigureAwait(false);
        timer.Extend();
        if (await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, timer.Token).ConfigureAwait(false) < head.Length)
        {
            throw new TransientFault("the response ended early");
        }
    }

    private static async Task<OpenedObject> DownloadAsync(HttpResponseMessage response, RemotePlace place, string name, string tempDirectory, AttemptTimer timer)
    {
        long? expected = response.Content.Headers.ContentLength;
        SafeFileHandle file = Create(place, tempDirectory);
        try
        {
            using Stream stream = await response.Content.ReadAsStreamAsync(timer.Token).ConfigureAwait(false);
            byte[] buffer = new byte[BufferBytes];
            long length = 0;
            while (true)
            {
                timer.Extend();
                int read = await stream.ReadAsync(buffer, timer.Token).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                Write(file, buffer.AsSpan(0, read), length, place, tempDirectory);
                length += read;
            }

            return length == (expected ?? length)
                ? new OpenedObject(name, ObjectVersion.Of(response, length)) { Download = file }
                : throw new TransientFault($"the response ended at byte {length} instead of {expected}");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static SafeFileHandle Create(RemotePlace place, string tempDirectory)
    {
        try
        {
            return UnnamedFile.Create(tempDirectory, "input");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotStore(place, tempDirectory, e);
        }
    }

    private static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset, RemotePlace place, string tempDirectory)
    {
        try
        {
            RandomAccess.Write(file, bytes, offset);
        }
        catch (IOException e)
        {
            throw CannotStore(place, tempDirectory, e);
        }
    }

    private static IngestException CannotStore(RemotePlace place, string tempDirectory, Exception e) => new(
        $"{place.DisplayName} cannot be copied to {tempDirectory}: {FaultText.OneLine(e.Message)}", "Free some space, or choose another folder with --temp-dir.", e);

    /// <summary>The name of the file: that of the URL, unless it has no ending and the server names another one.</summary>
    private static string NameOf(HttpResponseMessage response, RemotePlace place)
    {
        string? given = response.Content.Headers.ContentDisposition is { } disposition ? disposition.FileNameStar ?? disposition.FileName?.Trim('"') : null;
        return place.FileName.Contains('.') || string.IsNullOrEmpty(given) ? place.FileName : Path.GetFileName(given.Replace('\\', '/'));
    }
}

/// <summary>An object that was opened.</summary>
/// <param name="Name">Its name as a file.</param>
/// <param name="Version">Its version.</param>
internal sealed record OpenedObject(string Name, ObjectVersion Version)
{
    /// <summary>The object, if its server sends parts of it.</summary>
    public RemoteObject? Object { get; init; }

    /// <summary>Its first bytes.</summary>
    public byte[] Head { get; init; } = [];

    /// <summary>A copy without a name, if its server does not.</summary>
    public SafeFileHandle? Download { get; init; }
}
