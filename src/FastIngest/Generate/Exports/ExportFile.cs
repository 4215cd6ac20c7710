namespace FastIngest.Generate.Exports;

/// <summary>Writes the records of one part of a day: none, one or several.</summary>
internal delegate void DayWriter(ExportDay day, ExportText text);

/// <summary>The part of a file with the records of one kind, in the order of users and days.</summary>
/// <param name="Write">Writes a day.</param>
internal sealed record ExportPart(DayWriter Write)
{
    /// <summary>The number of days of a block that have about 1 MB.</summary>
    public int DaysPerBlock { get; init; } = 256;

    /// <summary>The bytes before the first record.</summary>
    public byte[] Head { get; init; } = [];

    /// <summary>The bytes after the last record.</summary>
    public byte[] Tail { get; init; } = [];
}

/// <summary>A file of an export: some users, some days, and one part after the other.</summary>
/// <param name="Name">The path in the folder of the data set, with <c>/</c>.</param>
/// <param name="Parts">The parts. If there are several and records have separators, the first day must have a record of each.</param>
/// <param name="Range">The users and days.</param>
internal sealed record ExportFile(string Name, IReadOnlyList<ExportPart> Parts, ExportRange Range)
{
    /// <summary>The bytes before the first part.</summary>
    public byte[] Head { get; init; } = [];

    /// <summary>The bytes between two records of a part.</summary>
    public byte[] Separator { get; init; } = [];

    /// <summary>The bytes after the last part.</summary>
    public byte[] Tail { get; init; } = [];

    /// <summary>The content of a file without records.</summary>
    public byte[] Empty { get; init; } = [];

    /// <summary>The number of blocks of all parts.</summary>
    public long Blocks => Parts.Sum(BlocksOf);

    /// <summary>Writes the file.</summary>
    /// <param name="directory">The folder of the data set.</param>
    /// <param name="seed">The seed of the data set.</param>
    /// <param name="workers">The maximum number of threads.</param>
    /// <param name="blockWritten">Receives the number of bytes of each written block, on any thread.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="IngestException">The file cannot be written.</exception>
    public GeneratedFile Write(string directory, ulong seed, int workers, Action<long>? blockWritten, CancellationToken cancellationToken) =>
        new OrderedFileWriter(Path.Combine(directory, Name), Blocks, workers, () => new Maker(this, seed), blockWritten, cancellationToken)
        {
            Head = Head,
            HeadReplaces = Parts.Count == 1 ? Separator.Length : 0,
            Tail = Tail,
            Empty = Empty,
        }.Write();

    private long BlocksOf(ExportPart part) => (Range.Count + part.DaysPerBlock - 1) / part.DaysPerBlock;

    private sealed class Maker(ExportFile file, ulong seed) : IBlockMaker
    {
        private readonly ExportDay _day = new();
        private readonly ExportText _text = new() { Separator = file.Separator };

        public ReadOnlyMemory<byte> Make(long block, out int records)
        {
            int number = 0;
            while (block >= file.BlocksOf(file.Parts[number]))
            {
                block -= file.BlocksOf(file.Parts[number++]);
            }

            ExportPart part = file.Parts[number];
            _text.Clear();
            if (block == 0)
            {
                _text.Put(part.Head);
                if (file.Parts.Count > 1)
                {
                    _text.StartArray();
                }
            }

            long endExcl = Math.Min(file.Range.Count, (block + 1) * part.DaysPerBlock);
            for (long i = block * part.DaysPerBlock; i < endExcl; i++)
            {
                (long user, int day) = file.Range.At(i);
                _day.MoveTo(seed, user, day);
                part.Write(_day, _text);
            }

            if (endExcl == file.Range.Count)
            {
                _text.Put(part.Tail);
            }

            records = _text.Records;
            return _text.Written;
        }
    }
}

/// <summary>Some users and days of a data set, user by user.</summary>
/// <param name="FirstUser">The number of the first user, from 1.</param>
/// <param name="Users">The number of users.</param>
/// <param name="FirstDay">The index of the first day, from 0.</param>
/// <param name="Days">The number of days.</param>
internal readonly record struct ExportRange(long FirstUser, int Users, int FirstDay, int Days)
{
    /// <summary>The number of pairs of a user and a day.</summary>
    public long Count => Users * (long)Days;

    /// <summary>Returns a user and a day by its place.</summary>
    public (long User, int Day) At(long index)
    {
        (long user, long day) = Math.DivRem(index, Days);
        return (FirstUser + user, FirstDay + (int)day);
    }
}
