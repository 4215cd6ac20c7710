using System.Buffers;
using FastIngest.Json;

namespace FastIngest.Health;

/// <summary>
/// The first sentence of a summary, which says whose day it is and which:
/// <c>{name} (age {age}, {gender}, {height} cm, {weight} kg, {fitness_level} fitness) on {date}.</c>
/// A missing piece is left out with its comma; without any piece there are no parentheses; without a name,
/// <c>User {user_id}</c> stands in its place.
/// </summary>
public static class Opening
{
    /// <summary>Bytes of the day and the point behind it.</summary>
    public const int DayBytes = DayText.Bytes + 1;

    /// <summary>Every fixed word of the sentence and three numbers take fewer bytes than this.</summary>
    private const int FixedBytes = 64 + (3 * DecimalText.MaxBytes);

    /// <summary>Writes the opening of a user who is not in <c>users</c>: <c>User {user_id} on {date}.</c></summary>
    /// <param name="output">Where the sentence goes; nothing precedes or follows it.</param>
    /// <param name="userId">UTF-8.</param>
    /// <param name="day">Days since 0001-01-01.</param>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> userId, int day) => Write(
        output, userId, false, default, UserProfile.Missing, default, UserProfile.Missing, UserProfile.Missing, default, day);

    /// <summary>Writes the opening of a user whose profile lies in <paramref name="texts"/>.</summary>
    /// <param name="output">Where the sentence goes; may be <paramref name="texts"/> itself.</param>
    /// <param name="texts">The batch that holds the texts of the profile.</param>
    /// <param name="profile">The user.</param>
    /// <param name="day">Days since 0001-01-01.</param>
    public static void Write(IBufferWriter<byte> output, SummaryBatch texts, in UserProfile profile, int day) => Write(
        output,
        texts.Text(profile.UserId),
        true,
        texts.Text(profile.Name),
        profile.Age,
        texts.Text(profile.Gender),
        profile.Height,
        profile.Weight,
        texts.Text(profile.FitnessLevel),
        day);

    /// <summary>Writes the opening.</summary>
    /// <param name="output">Where the sentence goes; nothing precedes or follows it.</param>
    /// <param name="userId">UTF-8.</param>
    /// <param name="hasProfile">Whether the user is in <c>users</c>; if not, the fields of the profile do not count.</param>
    /// <param name="name">UTF-8, empty when missing, as are the other texts.</param>
    /// <param name="age">Years in millionths, <see cref="UserProfile.Missing"/> when missing, as are the other numbers.</param>
    /// <param name="gender">UTF-8.</param>
    /// <param name="height">Centimetres in millionths.</param>
    /// <param name="weight">Kilograms in millionths.</param>
    /// <param name="fitnessLevel">UTF-8.</param>
    /// <param name="day">Days since 0001-01-01.</param>
    public static void Write(
        IBufferWriter<byte> output,
        ReadOnlySpan<byte> userId,
        bool hasProfile,
        ReadOnlySpan<byte> name,
        long age,
        ReadOnlySpan<byte> gender,
        long height,
        long weight,
        ReadOnlySpan<byte> fitnessLevel,
        int day)
    {
        WriteUser(output, userId, hasProfile, name, age, gender, height, weight, fitnessLevel);
        WriteDay(output.GetSpan(DayBytes), day);
        output.Advance(DayBytes);
    }

    /// <summary>Writes the end of the opening, the day and the point, <see cref="DayBytes"/> bytes.</summary>
    public static void WriteDay(Span<byte> destination, int day)
    {
        DayText.Write(destination, day);
        destination[DayText.Bytes] = (byte)'.';
    }

    /// <summary>Writes the common start of all openings of a user who is not in <c>users</c>.</summary>
    public static void WriteUser(IBufferWriter<byte> output, ReadOnlySpan<byte> userId) => WriteUser(
        output, userId, false, default, UserProfile.Missing, default, UserProfile.Missing, UserProfile.Missing, default);

    /// <summary>Writes what all openings of a user have in common: all that precedes the day.</summary>
    public static void WriteUser(
        IBufferWriter<byte> output,
        ReadOnlySpan<byte> userId,
        bool hasProfile,
        ReadOnlySpan<byte> name,
        long age,
        ReadOnlySpan<byte> gender,
        long height,
        long weight,
        ReadOnlySpan<byte> fitnessLevel)
    {
        int texts = userId.Length + (hasProfile ? name.Length + gender.Length + fitnessLevel.Length : 0);
        Line line = new(output.GetSpan(texts + FixedBytes));
        if (hasProfile && !name.IsEmpty)
        {
            line.Add(name);
        }
        else
        {
            line.Add("User "u8);
            line.Add(userId);
        }

        if (hasProfile)
        {
            line.AddNumberPiece("age "u8, age, default);
            line.AddTextPiece(gender, default);
            line.AddNumberPiece(default, height, " cm"u8);
            line.AddNumberPiece(default, weight, " kg"u8);
            line.AddTextPiece(fitnessLevel, " fitness"u8);
        }

        line.End();
        output.Advance(line.Length);
    }

    /// <summary>The sentence as it grows; pieces open the parentheses and set the commas themselves.</summary>
    private ref struct Line(Span<byte> destination)
    {
        private readonly Span<byte> _destination = destination;
        private bool _open;

        public int Length { get; private set; }

        public void Add(scoped ReadOnlySpan<byte> text)
        {
            text.CopyTo(_destination[Length..]);
            Length += text.Length;
        }

        public void AddTextPiece(scoped ReadOnlySpan<byte> text, scoped ReadOnlySpan<byte> after)
        {
            if (!text.IsEmpty)
            {
                BeginPiece();
                Add(text);
                Add(after);
            }
        }

        public void AddNumberPiece(scoped ReadOnlySpan<byte> before, long millionths, scoped ReadOnlySpan<byte> after)
        {
            if (millionths != UserProfile.Missing)
            {
                BeginPiece();
                Add(before);
                Length += DecimalText.Write(_destination[Length..], millionths);
                Add(after);
            }
        }

        public void End() => Add(_open ? ") on "u8 : " on "u8);

        private void BeginPiece()
        {
            Add(_open ? ", "u8 : " ("u8);
            _open = true;
        }
    }
}
