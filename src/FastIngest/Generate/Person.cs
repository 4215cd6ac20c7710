using System.Globalization;
using System.Text;

namespace FastIngest.Generate;

/// <summary>The properties of one person that are the same in all files. One object is reused for all persons.</summary>
internal sealed class Person
{
    private const ulong Stream = 2000;

    private ulong _seed;

    /// <summary>The 1-based number of the person; 0 before the first <see cref="Become"/>.</summary>
    public long Number { get; private set; }

    /// <summary>The user id in quotes, such as <c>"user_000001"</c>.</summary>
    public byte[] Id { get; private set; } = [];

    /// <summary>The escaped name in quotes.</summary>
    public byte[] Name { get; private set; } = [];

    /// <summary>Years.</summary>
    public int Age { get; private set; }

    public bool IsFemale { get; private set; }

    /// <summary>Tenths of a centimetre.</summary>
    public int Height { get; private set; }

    /// <summary>Tenths of a kilogram, on the first day.</summary>
    public int Weight { get; private set; }

    /// <summary>0 beginner, 1 intermediate, 2 advanced.</summary>
    public int Fitness { get; private set; }

    /// <summary>Beats per minute.</summary>
    public int RestingHeartRate { get; private set; }

    /// <summary>Minutes after noon at which the person usually goes to bed.</summary>
    public int Bedtime { get; private set; }

    public void Become(ulong seed, long number)
    {
        if (number == Number && seed == _seed)
        {
            return;
        }

        RandomSource random = new(seed, Stream, number, 0);
        _seed = seed;
        Number = number;
        Id = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"user_{number:D6}\""));
        Name = PersonNames.Pick(ref random);
        Age = random.Between(18, 80);
        IsFemale = random.Chance(50);
        Height = IsFemale ? random.Around(1500, 1820) : random.Around(1600, 2000);
        Weight = Height * Height / 10_000 * random.Around(190, 320) / 100;
        Fitness = random.Below(3);
        RestingHeartRate = random.Around(56, 76) - (4 * Fitness);
        Bedtime = random.Around(9 * 60, 13 * 60);
    }
}
