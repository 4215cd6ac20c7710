namespace FastIngest.Generate.Entries;

/// <summary>Creates blocks of lines. A line depends only on the seed and its number.</summary>
internal sealed class EntryBlockMaker(EntryOptions options) : IBlockMaker
{
    public const int EntriesPerBlock = 256;

    private const ulong ChoiceStream = 100, CoreStream = 101, RestStream = 102;
    private const int RepeatPercent = 1, DuplicatePercent = 1;

    /// <summary>A repeated line is one of this many lines before it.</summary>
    private const int MaxRepeatDistance = 5_000;

    private readonly EntryMaker _maker = new(options.MeanBytes);
    private readonly LineBuffer _lines = new();

    public ReadOnlyMemory<byte> Make(long block, out int records)
    {
        _lines.Clear();
        long first = block * EntriesPerBlock;
        records = (int)Math.Min(EntriesPerBlock, options.Entries - first);
        for (long i = first; i < first + records; i++)
        {
            Make(i);
        }

        return _lines.Written;
    }

    private void Make(long number)
    {
        RandomSource choice = new(options.Seed, ChoiceStream, number, 0);
        long core = number;
        long rest = number;
        int kind = choice.Below(100);
        if (number > 0 && kind < RepeatPercent + DuplicatePercent)
        {
            core = number - 1 - choice.Below((int)Math.Min(number, MaxRepeatDistance));
            rest = kind < RepeatPercent ? core : number;
        }

        int start = _lines.Length;
        _maker.Make(_lines, new RandomSource(options.Seed, CoreStream, core, 0), new RandomSource(options.Seed, RestStream, rest, 0));
        if (options.QuirkRate > 0 && choice.Below(1_000_000) < options.QuirkRate * 1_000_000)
        {
            EntryQuirks.Distort(_lines, start, ref choice);
        }

        _lines.Put("\n"u8);
    }
}
