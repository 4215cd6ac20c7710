using System.Buffers;
using FastIngest.Json;

namespace FastIngest.Health;

/// <summary>
/// The first sentence of a summary, which says whose day it is and which:
/// <c>{name} (age {age}, {gender}, {height} cm, {weight} kg, {fitness_level} fitness) on {date}.</c>
/// A missing piece is left out with its comma; without any piece there are no parentheses; without a name,
/// <c>User {user_id}</c> stands in its place.
/// </summary>
public static class ProfileSentence
{
    /// <summary>Bytes of the day and the point behind it.</summary>
    public const int DayBytes = DayText.Bytes + 1;

    /// <summary>Bytes of <c> on </c>, with which all that precedes the day ends.</summary>
    public const int OnBytes = 4;

    /// <summary>Every fixed word of the sentence and three numbers take fewer bytes than this.</summary>
    private const int FixedBytes = 64 + (3 * DecimalText.MaxBytes);

    /// <summary>Writes the opening.</summary>
    /// <param name="output">Where the sentence goes; nothing precedes or follows it. It may be where the profile's texts lie.</param>
    /// <param name="profile">The user.</param>
    /// <param name="day">Days since 0001-01-01.</param>
    public static void Write(IBufferWriter<byte> output, ProfileView profile, int day)
    {
        WriteUser(output, profile);
        WriteDay(output.GetSpan(DayBytes), day);
        output.Advance(DayBytes);
    }

    /// <summary>Writes the end of the opening, the day and the point, <see cref="DayBytes"/> bytes.</summary>
    public static void WriteDay(Span<byte> destination, int day)
    {
        DayText.Write(destination, day);
        destination[DayText.Bytes] = (byte)'.';
    }

    /// <summary>Writes what all openings of a user have in common: all that precedes the day.</summary>
    public static void WriteUser(IBufferWriter<byte> output, ProfileView profile)
    {
        int texts = profile.UserId.Length + profile.Name.Length + profile.Gender.Length + profile.FitnessLevel.Length;
        Line line = new(output.GetSpan(texts + FixedBytes));
        if (!profile.Name.IsEmpty)
        {
            line.Add(profile.Name);
        }
        else
        {
            line.Add("User "u8);
            line.Add(profile.UserId);
        }

        line.AddNumberPiece("age "u8, profile.Age, default);
        line.AddTextPiece(profile.Gender, default);
        line.AddNumberPiece(default, profile.Height, " cm"u8);
        line.AddNumberPiece(default, profile.Weight, " kg"u8);
        line.AddTextPiece(profile.FitnessLevel, " fitness"u8);
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

        public void AddNumberPiece(scoped ReadOnlySpan<byte> before, long micros, scoped ReadOnlySpan<byte> after)
        {
            if (micros != UserProfile.Missing)
            {
                BeginPiece();
                Add(before);
                Length += DecimalText.Write(_destination[Length..], micros);
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
