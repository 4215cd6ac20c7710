namespace FastIngest.Generate;

/// <summary>Makes something odd of a record: one time in two something bad, otherwise something unusual that is valid all the same.</summary>
internal sealed class QuirkMaker(GeneratorStyle style, double rate)
{
    private readonly ulong _threshold = (ulong)(rate * (1UL << 32));
    private readonly QuirkRecord _record = new(style);

    public bool Strikes(ref RandomSource random) => (random.Next() >> 32) < _threshold;

    /// <summary>The record's bytes, changed; at most a few times as many.</summary>
    public ReadOnlySpan<byte> Distort(ReadOnlySpan<byte> record, DayCell cell)
    {
        ref RandomSource random = ref cell.QuirkRandom;
        Quirk[] quirks = random.Chance(50) ? BadQuirks.All : ValidQuirks.All;
        _record.Take(record, cell.Person);
        quirks[random.Below(quirks.Length)](_record, ref random);
        return _record.Render();
    }
}

/// <summary>One way in which a record can be odd. Where it does not fit the record, it does something else of its sort.</summary>
internal delegate void Quirk(QuirkRecord record, ref RandomSource random);
