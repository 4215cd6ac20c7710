namespace FastIngest.Generate;

/// <summary>One day of one person in one file: the input of a category's generator.</summary>
internal sealed class DayCell
{
    /// <summary>The day with index 0.</summary>
    public static readonly DateOnly FirstDay = new(2023, 1, 1);

    /// <summary>The number of days from <see cref="FirstDay"/> to the end of year 9999.</summary>
    public static readonly int MaxDays = DateOnly.MaxValue.DayNumber - FirstDay.DayNumber + 1;

    private const ulong QuirkStream = 1000;

    /// <summary>The random source for the values of the records.</summary>
    public RandomSource Random;

    /// <summary>The random source for quirks. It is separate, so that the other records are the same with and without quirks.</summary>
    public RandomSource QuirkRandom;

    private readonly byte[] _dateText = "0000-00-00"u8.ToArray();

    public Person Person { get; } = new();

    public int DayIndex { get; private set; }

    public DateOnly Date { get; private set; }

    public ReadOnlySpan<byte> DateText => _dateText;

    public bool BeginsMonth => Date.Day == 1;

    /// <param name="seed">The seed of the data set.</param>
    /// <param name="kind">The category of the next records.</param>
    /// <param name="user">The user's number, from 1.</param>
    /// <param name="dayIndex">0 for <see cref="FirstDay"/>.</param>
    public void MoveTo(ulong seed, RecordKind kind, long user, int dayIndex)
    {
        Person.Become(seed, user);
        DayIndex = dayIndex;
        Date = FirstDay.AddDays(dayIndex);
        (int year, int month, int day) = Date;
        WriteDigits(_dateText.AsSpan(0, 4), year);
        WriteDigits(_dateText.AsSpan(5, 2), month);
        WriteDigits(_dateText.AsSpan(8, 2), day);
        Random = new RandomSource(seed, (ulong)kind.Category, user, dayIndex);
        QuirkRandom = new RandomSource(seed, QuirkStream + (ulong)kind.Category, user, dayIndex);
    }

    private static void WriteDigits(Span<byte> target, int value)
    {
        for (int i = target.Length - 1; i >= 0; i--)
        {
            (value, int digit) = int.DivRem(value, 10);
            target[i] = (byte)('0' + digit);
        }
    }
}
