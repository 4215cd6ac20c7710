namespace FastIngest.Generate;

/// <summary>Writes the file of one category, in blocks of days.</summary>
internal sealed class GeneratedFileWriter(
    RecordKind kind,
    GeneratorOptions options,
    DataSetSize size,
    Action<long>? blockWritten,
    CancellationToken cancellationToken)
{
    /// <summary>This many days of heart rates, the category with the most records, have about 1 MB.</summary>
    private const int DaysPerBlock = 512;

    private readonly StyleText _text = StyleText.Of(options.Style);
    private readonly int _daysPerUser = kind.OncePerUser ? 1 : size.Days;

    private GeneratorOptions Options => options;

    private long Days => size.Users * (long)_daysPerUser;

    /// <summary>Returns the name of the file in its folder.</summary>
    public static string NameOf(RecordKind kind, GeneratorOptions options) => FastIngest.Health.Categories.Name(kind.Category) + StyleText.Of(options.Style).Extension;

    public GeneratedFile Write()
    {
        string path = System.IO.Path.Combine(options.Directory, NameOf(kind, options));
        long blocks = (Days + DaysPerBlock - 1) / DaysPerBlock;
        return new OrderedFileWriter(path, blocks, options.Workers, () => new Maker(this), blockWritten, cancellationToken)
        {
            // The head of the file replaces the separator before the first record.
            Head = _text.Head,
            HeadReplaces = _text.Separator.Length,
            Tail = _text.Tail,
            Empty = _text.Empty,
        }.Write();
    }

    private void Make(long block, DayCell cell, RecordWriter writer)
    {
        writer.Clear();
        long endExcl = Math.Min(Days, (block + 1) * DaysPerBlock);
        (long user, long day) = Math.DivRem(block * DaysPerBlock, _daysPerUser);
        for (long i = block * DaysPerBlock; i < endExcl; i++)
        {
            cell.MoveTo(options.Seed, kind, user + 1, (int)day);
            kind.Write(cell, writer);
            if (++day == _daysPerUser)
            {
                day = 0;
                user++;
            }
        }
    }

    private sealed class Maker(GeneratedFileWriter file) : IBlockMaker
    {
        private readonly RecordWriter _writer = new(file.Options.Style, file.Options.QuirkRate > 0 ? new QuirkMaker(file.Options.Style, file.Options.QuirkRate) : null);
        private readonly DayCell _cell = new();

        public ReadOnlyMemory<byte> Make(long block, out int records)
        {
            file.Make(block, _cell, _writer);
            records = (int)_writer.Records;
            return _writer.Written;
        }
    }
}
