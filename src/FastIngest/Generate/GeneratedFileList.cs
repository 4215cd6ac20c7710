using System.Globalization;

namespace FastIngest.Generate;

/// <summary>
/// The names and sizes of the files that earlier runs made in a folder, kept in the file <see cref="GeneratedMarker.FileName"/>
/// there. A file that is not listed, or that has another size, belongs to the user and is not overwritten.
/// <code>
/// 1048576 TAB heart_rate.json     a complete file, by its path in the folder
/// - TAB sleep.json                a file that was being written when the process was killed
/// </code>
/// </summary>
internal sealed class GeneratedFileList
{
    private const string Header = "# The files that health_ingestion generate made here. It replaces only these.";

    private readonly string _directory;
    private readonly SortedDictionary<string, long?> _sizes = new(StringComparer.Ordinal);

    /// <summary>Reads the list of a folder; a folder without a list has an empty one.</summary>
    /// <exception cref="IngestException">The list cannot be read.</exception>
    public GeneratedFileList(string directory)
    {
        _directory = directory;
        try
        {
            foreach (string[] parts in File.Exists(Path) ? File.ReadLines(Path).Select(l => l.Split('\t', 2)) : [])
            {
                if (parts.Length == 2)
                {
                    _sizes[parts[1]] = long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : null;
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IngestException($"Cannot read {Path}: {FaultText.OneLine(error.Message)}", "Choose another directory.", error);
        }
    }

    private string Path => System.IO.Path.Combine(_directory, GeneratedMarker.FileName);

    /// <summary>Checks, before anything is written, that no file of the user has the name of a file to be written.</summary>
    /// <exception cref="IngestException">There is such a file.</exception>
    public void RejectForeign(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            string path = System.IO.Path.Combine(_directory, name);
            FileInfo file = new(path);
            if (file.Exists && !(_sizes.TryGetValue(name, out long? size) && (size is null || size == file.Length)))
            {
                throw new IngestException($"{path} exists, and generate did not make it; nothing was changed.", "Choose another directory, or overwrite the file with --force.");
            }
        }
    }

    /// <summary>Writes a file, and lists it from before its first byte.</summary>
    /// <param name="name">The name of the file in the folder.</param>
    /// <param name="write">Writes the file; it deletes a file that it cannot complete.</param>
    /// <exception cref="IngestException">The list cannot be written.</exception>
    public GeneratedFile Write(string name, Func<GeneratedFile> write)
    {
        GeneratedFile?[] written = new GeneratedFile?[1];
        WriteAll([name], written, () => written[0] = write());
        return written[0]!;
    }

    /// <summary>Writes files, and lists them from before the first byte of the first.</summary>
    /// <param name="names">The names of the files in the folder.</param>
    /// <param name="written">Receives the file of each name when it is complete.</param>
    /// <param name="write">Writes the files; it deletes a file that it cannot complete.</param>
    /// <exception cref="IngestException">The list cannot be written.</exception>
    public void WriteAll(IReadOnlyList<string> names, GeneratedFile?[] written, Action write)
    {
        foreach (string name in names)
        {
            _sizes[name] = null;
        }

        Save();
        try
        {
            write();
        }
        finally
        {
            for (int i = 0; i < names.Count; i++)
            {
                if (written[i] is { } file)
                {
                    _sizes[names[i]] = file.Bytes;
                }
                else
                {
                    _sizes.Remove(names[i]);
                }
            }

            SaveAfter(isComplete: Array.TrueForAll(written, f => f is not null));
        }
    }

    /// <summary>Saves the list after files. After a fault, an error of the list is ignored, since the first error is the one to report.</summary>
    private void SaveAfter(bool isComplete)
    {
        try
        {
            Save();
        }
        catch (IngestException) when (!isComplete)
        {
        }
    }

    private void Save()
    {
        try
        {
            string partial = Path + ".partial";
            using (StreamWriter lines = new(NewFile.Create(partial, new FileStreamOptions { Access = FileAccess.Write })))
            {
                lines.WriteLine(Header);
                foreach ((string name, long? size) in _sizes)
                {
                    lines.WriteLine($"{size?.ToString(CultureInfo.InvariantCulture) ?? "-"}\t{name}");
                }
            }

            File.Move(partial, Path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw GeneratorErrors.CannotWrite(Path, error);
        }
    }
}
