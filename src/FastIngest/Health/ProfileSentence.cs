using System.Buffers;
using System.Runtime.CompilerServices;
using FastIngest.Json;

namespace FastIngest.Health;

/// <summary>
/// The first sentence of a summary. It names the user and the day:
/// <c>{name} (age {age}, {gender}, {height} cm, {weight} kg, {fitness_level} fitness) on {date}.</c>
/// A missing piece is omitted with its comma; without any piece the parentheses are omitted; <c>User {user_id}</c>
/// replaces a missing name.
/// </summary>
public static class ProfileSentence
{
    /// <summary>Bytes of the day and the full stop after it.</summary>
    public const int DayBytes = DayText.Bytes + 1;

    /// <summary>Bytes of <c> on </c>, which ends the text before the day.</summary>
    public const int OnBytes = 4;

    /// <summary>Upper limit in bytes for the fixed words of the sentence and three numbers.</summary>
    private const int FixedBytes = 64 + (3 * DecimalText.MaxBytes);

    /// <summary>Writes the sentence, without a blank before or after it.</summary>
    /// <param name="output">Receives the sentence. It may be the buffer that holds the profile's texts.</param>
    /// <param name="profile">The user.</param>
    /// <param name="day">Days since 0001-01-01.</param>
    public static void Write(IBufferWriter<byte> output, ProfileView profile, int day)
    {
        WriteUser(output, profile);
        WriteDay(output.GetSpan(DayBytes), day);
        output.Advance(DayBytes);
    }

    /// <summary>Writes the end of the sentence, the day and the full stop: <see cref="DayBytes"/> bytes.</summary>
    public static void WriteDay(Span<byte> destination, int day)
    {
        DayText.Write(destination, day);
        destination[DayText.Bytes] = (byte)'.';
    }

    /// <summary>Writes the text before the day, which is the same in all sentences of a user.</summary>
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

    /// <summary>Builds the sentence; each piece adds the parenthesis or comma before it.</summary>
    private ref struct Line(Span<byte> destination)
    {
        private readonly Span<byte> _destination = destination;
        private bool _open;

        public int Length { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
