using System.Text;
using FastIngest.Storage.Files;
using FastIngest.Stored;

namespace FastIngest.Reports;

/// <param name="People">The people with days.</param>
/// <param name="Pages">The people who have a page of their own.</param>
/// <param name="Days">The days of all people.</param>
/// <param name="Bytes">The size of the file.</param>
public sealed record WrittenReport(long People, int Pages, long Days, long Bytes);

/// <summary>Writes a report as one HTML file, which needs no other file and no network.</summary>
public static class ReportWriter
{
    /// <summary>Writes the file. It appears when it is complete, with the mode 0600; one that replaces an older file has its mode.</summary>
    /// <param name="reader">The database, open.</param>
    /// <param name="options">Selects what the report shows.</param>
    /// <param name="path">The file as the user named it.</param>
    /// <param name="cancellationToken">Ends the work; an older file then stays as it is.</param>
    /// <exception cref="IngestException">The database cannot be read, or the file cannot be written.</exception>
    public static async Task<WrittenReport> WriteAsync(ISummaryReader reader, ReportOptions options, string path, CancellationToken cancellationToken)
    {
        using PartialFile file = PartialFile.Create(path, PartialFile.Resolve(path));
        WrittenReport written = await WriteAsync(reader, options, file.Stream, cancellationToken).ConfigureAwait(false);
        await file.PublishAsync(replace: true, cancellationToken).ConfigureAwait(false);
        return written;
    }

    /// <summary>Writes the file to a stream.</summary>
    /// <inheritdoc cref="WriteAsync(ISummaryReader, ReportOptions, string, CancellationToken)"/>
    public static async Task<WrittenReport> WriteAsync(ISummaryReader reader, ReportOptions options, Stream output, CancellationToken cancellationToken)
    {
        (string before, string after) = ReportPage.Parts();
        long pageBytes = Encoding.UTF8.GetByteCount(before) + Encoding.UTF8.GetByteCount(after);
        // The days of a person who was asked for are shown, however many they are.
        long maxBlockBytes = options.Users.Count > 0 ? long.MaxValue : Math.Max(1, options.MaxBytes - pageBytes);
        Overview overview = await Overview.ReadAsync(reader, options, maxBlockBytes, cancellationToken).ConfigureAwait(false);

        PersonEntry[] listed = overview.Shelf.ToList();
        byte[] block = overview.ToBlock(listed);
        long roomBytes = options.MaxBytes - pageBytes - PeopleShelf.InFile(block);
        if (options.Users.Count == 0 && overview.Shelf.BlockBytes > roomBytes)
        {
            while (overview.Shelf.BlockBytes > roomBytes && overview.Shelf.DropPage())
            {
            }

            // It names the people who have a page, and is smaller with fewer of them.
            block = overview.ToBlock(listed);
        }

        long bytes = await WriteAsync(output, before, cancellationToken).ConfigureAwait(false)
            + await WriteAsync(output, Element("overview", block), cancellationToken).ConfigureAwait(false);
        int pages = 0;
        for (int i = 0; i < listed.Length; i++)
        {
            if (listed[i].Block is { } days)
            {
                pages++;
                bytes += await WriteAsync(output, Element(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"person-{i}"), days), cancellationToken).ConfigureAwait(false);
            }
        }

        bytes += await WriteAsync(output, after, cancellationToken).ConfigureAwait(false);
        return new WrittenReport(overview.People, pages, overview.Days, bytes);
    }

    /// <summary>An element that no browser runs or shows. Base64 has no character that means anything in HTML, whatever the data are.</summary>
    private static string Element(string id, byte[] block) => $"<script type=\"text/plain\" id=\"{id}\">{Convert.ToBase64String(block)}</script>\n";

    private static async Task<long> WriteAsync(Stream output, string text, CancellationToken cancellationToken)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            await output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (FileFault.IsFault(e) && output is FileStream file)
        {
            throw FileFault.Explain(e, file.Name.EndsWith(".partial", StringComparison.Ordinal) ? file.Name[..^".partial".Length] : file.Name);
        }

        return bytes.Length;
    }
}
