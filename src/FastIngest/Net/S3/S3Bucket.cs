using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FastIngest.Net.S3;

/// <summary>Objects of a bucket: written as a whole or in parts, read in ranges, listed and removed. Every body has a checksum in its signature. Thread-safe.</summary>
/// <param name="client">Sends the requests.</param>
/// <param name="service">The server.</param>
/// <param name="name">The name of the bucket.</param>
internal sealed class S3Bucket(RemoteClient client, S3Service service, string name)
{
    /// <summary>A larger object is uploaded in parts of this size or more, of which there can be 10,000.</summary>
    private const int PartBytes = 16 << 20, MaxParts = 10_000;

    private const int MaxResponseBytes = 64 << 10;

    public string Name => name;

    /// <summary>Stores an object, unless there is one with its key; returns whether there was none.</summary>
    /// <exception cref="IngestException">The server rejects the request, or it cannot be reached.</exception>
    public bool TryCreate(string key, ReadOnlyMemory<byte> content)
    {
        const string AttemptHeader = "x-amz-meta-attempt";
        string attempt = Guid.NewGuid().ToString("N");
        S3Place place = new(service, name, key);
        return client.RetryAsync(place, async (timer, _) =>
        {
            RemoteTarget target = new(place);
            using HttpResponseMessage response = await client.SendAsync(
                target,
                HttpMethod.Put,
                request =>
                {
                    request.Headers.TryAddWithoutValidation("If-None-Match", "*");
                    request.Headers.TryAddWithoutValidation(AttemptHeader, attempt);
                },
                content,
                status => status is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict,
                timer).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return true;
            }

            if (response.StatusCode == HttpStatusCode.Conflict)
            {
                throw new TransientFault("another attempt writes it at the same time");
            }

            // An earlier request of this attempt may have been stored although its response was lost.
            using HttpResponseMessage stored = await client.SendAsync(target, HttpMethod.Get, null, default, status => status == HttpStatusCode.NotFound, timer).ConfigureAwait(false);
            return stored.Headers.TryGetValues(AttemptHeader, out IEnumerable<string>? values) && values.Contains(attempt);
        }).GetAwaiter().GetResult();
    }

    /// <summary>Stores an object, in place of one with its key.</summary>
    /// <exception cref="IngestException">The server rejects the request, or it cannot be reached.</exception>
    public void Write(string key, ReadOnlyMemory<byte> content) => Send(new S3Place(service, name, key), HttpMethod.Put, content);

    /// <summary>Reads an object as a whole; null if there is none.</summary>
    /// <exception cref="IngestException">It cannot be read.</exception>
    public byte[]? TryRead(string key)
    {
        S3Place place = new(service, name, key);
        return client.RetryAsync(place, async (timer, _) =>
        {
            using HttpResponseMessage response = await client.SendAsync(
                new RemoteTarget(place), HttpMethod.Get, null, default, status => status == HttpStatusCode.NotFound, timer).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                return null;
            }

            using Stream stream = await response.Content.ReadAsStreamAsync(timer.Token).ConfigureAwait(false);
            using MemoryStream bytes = new();
            byte[] buffer = new byte[MaxResponseBytes];
            for (int read = await stream.ReadAsync(buffer, timer.Token).ConfigureAwait(false); read > 0; read = await stream.ReadAsync(buffer, timer.Token).ConfigureAwait(false))
            {
                timer.Extend();
                bytes.Write(buffer, 0, read);
            }

            return response.Content.Headers.ContentLength is { } length && length != bytes.Length ? throw new TransientFault("the response ended early") : bytes.ToArray();
        }).GetAwaiter().GetResult();
    }

    /// <summary>Opens an object; null if there is none.</summary>
    /// <exception cref="IngestException">It cannot be read.</exception>
    public RemoteObject? TryOpen(string key)
    {
        S3Place place = new(service, name, key);
        return client.RetryAsync(place, async (timer, _) =>
        {
            RemoteTarget target = new(place);
            using HttpResponseMessage response = await client.SendAsync(target, HttpMethod.Head, null, default, status => status == HttpStatusCode.NotFound, timer).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? new RemoteObject(client, target, ObjectVersion.Of(response, response.Content.Headers.ContentLength ?? 0)) : null;
        }).GetAwaiter().GetResult();
    }

    /// <summary>Lists the objects whose keys begin with a prefix.</summary>
    /// <exception cref="IngestException">The bucket cannot be listed.</exception>
    public IReadOnlyList<S3Item> List(string prefix) => S3Listing.ListAsync(client, service, name, prefix).GetAwaiter().GetResult();

    /// <summary>Removes an object, if there is one; returns whether there is none now.</summary>
    /// <param name="key">The key.</param>
    /// <param name="retries">Whether the server is asked again if it is busy or does not respond.</param>
    public bool TryDelete(string key, bool retries = false)
    {
        S3Place place = new(service, name, key);
        try
        {
            using AttemptTimer only = new(client.Tuning.AttemptTimeout, client.Stop);
            return (retries ? client.RetryAsync(place, (timer, _) => SendAsync(timer)) : SendAsync(only)).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is IngestException or TransientFault or OperationCanceledException || HttpFaults.IsOfNetwork(e))
        {
            return false;
        }

        async Task<bool> SendAsync(AttemptTimer timer)
        {
            using HttpResponseMessage response = await client.SendAsync(new RemoteTarget(place), HttpMethod.Delete, null, default, s => s == HttpStatusCode.NotFound, timer).ConfigureAwait(false);
            return true;
        }
    }

    /// <summary>Stores an object from a file; a larger one in parts.</summary>
    /// <param name="key">The key, which only this attempt writes.</param>
    /// <param name="file">The file.</param>
    /// <param name="length">Its size in bytes.</param>
    /// <exception cref="IngestException">The server rejects a request, or it cannot be reached.</exception>
    public void Upload(string key, SafeFileHandle file, long length)
    {
        if (length <= PartBytes)
        {
            _ = Send(new S3Place(service, name, key), HttpMethod.Put, ReadPart(file, 0, (int)length));
            return;
        }

        string upload = S3Xml.TextOf(Send(new S3Place(service, name, key, "uploads="), HttpMethod.Post, default).Body, "UploadId")
            ?? throw new IngestException($"{RemotePath.S3}{name}/{key} cannot be written: the server names no upload.", "Check the server.");
        string id = "uploadId=" + SigV4.Encode(upload);
        try
        {
            int partBytes = (int)Math.Max(PartBytes, (length + MaxParts - 1) / MaxParts);
            StringBuilder list = new("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
            int number = 0;
            for (long offset = 0; offset < length; offset += partBytes)
            {
                number++;
                string tag = Send(new S3Place(service, name, key, $"partNumber={number}&{id}"), HttpMethod.Put, ReadPart(file, offset, (int)Math.Min(partBytes, length - offset))).Tag;
                list.Append(CultureInfo.InvariantCulture, $"<Part><PartNumber>{number}</PartNumber><ETag>{WebUtility.HtmlEncode(tag)}</ETag></Part>");
            }

            Complete(key, id, Encoding.UTF8.GetBytes(list.Append("</CompleteMultipartUpload>").ToString()), length);
        }
        catch
        {
            // Parts that belong to no object would be stored for ever.
            _ = TryAbort(key, id);
            throw;
        }
    }

    private void Complete(string key, string id, byte[] list, long length)
    {
        S3Place place = new(service, name, key, id);
        bool isStored = client.RetryAsync(place, async (timer, _) =>
        {
            using HttpResponseMessage response = await client.SendAsync(new RemoteTarget(place), HttpMethod.Post, null, list, s => s == HttpStatusCode.NotFound, timer).ConfigureAwait(false);
            string body = await RemoteClient.ExcerptAsync(response, MaxResponseBytes, timer).ConfigureAwait(false);

            // An error may come with the status 200, after the server has begun to respond. After a lost response there is no such upload any more.
            return body.Contains("<CompleteMultipartUploadResult", StringComparison.Ordinal) || (response.StatusCode == HttpStatusCode.NotFound
                ? false : throw new TransientFault($"the upload was not completed: {S3Xml.TextOf(body, "Code")}"));
        }).GetAwaiter().GetResult();
        if (!isStored && TryOpen(key)?.Length != length)
        {
            throw new IngestException($"{RemotePath.S3}{name}/{key} cannot be written: the server has lost the upload.", "Start the task once more.") { MayPass = true };
        }
    }

    private bool TryAbort(string key, string id)
    {
        try
        {
            return Send(new S3Place(service, name, key, id), HttpMethod.Delete, default).Body.Length == 0;
        }
        catch (IngestException)
        {
            return false;
        }
    }

    private (string Body, string Tag) Send(S3Place place, HttpMethod method, ReadOnlyMemory<byte> content) => client.RetryAsync(place, async (timer, _) =>
    {
        using HttpResponseMessage response = await client.SendAsync(new RemoteTarget(place), method, null, content, _ => false, timer).ConfigureAwait(false);
        return (await RemoteClient.ExcerptAsync(response, MaxResponseBytes, timer).ConfigureAwait(false), response.Headers.ETag?.ToString() ?? "");
    }).GetAwaiter().GetResult();

    private static byte[] ReadPart(SafeFileHandle file, long offset, int length)
    {
        byte[] bytes = new byte[length];
        for (int filled = 0; filled < length;)
        {
            int read = RandomAccess.Read(file, bytes.AsSpan(filled), offset + filled);
            filled += read > 0 ? read : throw new EndOfStreamException("the temporary file became shorter");
        }

        return bytes;
    }
}
