using FastIngest.Health;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Postgres.Summaries;

/// <summary>Encodes and decodes profiles as tuples of COPY. Numbers are doubles in the table and micros (fixed point, 1e-6) in a profile.</summary>
internal static class ProfileTuples
{
    /// <summary>The columns of <c>users</c>, in the order of a tuple.</summary>
    public const string Columns = "user_id, name, age, gender, height, weight, fitness_level";

    /// <summary>
    /// Writes a tuple of <c>users_of_run</c>: an increasing number, the columns of the profile, and the profile sentence up to the
    /// day. With it the server updates the summaries of days that the run did not read.
    /// </summary>
    public static void Write(CopyBuffer copy, int number, SummaryBatch batch, in UserProfile user, ReadOnlySpan<byte> profileSentence)
    {
        UserIdLimit.Check(user.UserId.Length);
        copy.BeginTuple(9);
        copy.Int4(number);
        Text(user.UserId);
        Text(user.Name);
        Real(user.Age);
        Text(user.Gender);
        Real(user.Height);
        Real(user.Weight);
        Text(user.FitnessLevel);
        copy.Text(profileSentence);

        void Text(TextRef text)
        {
            if (text.IsNull)
            {
                copy.Null();
            }
            else
            {
                copy.Text(batch.Text(text));
            }
        }

        void Real(long micros)
        {
            if (micros == UserProfile.Missing)
            {
                copy.Null();
            }
            else
            {
                copy.Float8(micros / 1e6);
            }
        }
    }

    /// <summary>Reads a profile and adds its texts to a batch.</summary>
    public static UserProfile Read(ref CopyTupleReader tuples, SummaryBatch texts)
    {
        UserProfile user = default;
        user.UserId = Text(ref tuples, texts);
        user.Name = Text(ref tuples, texts);
        user.Age = Micros(tuples.Float8());
        user.Gender = Text(ref tuples, texts);
        user.Height = Micros(tuples.Float8());
        user.Weight = Micros(tuples.Float8());
        user.FitnessLevel = Text(ref tuples, texts);
        return user;
    }

    private static TextRef Text(ref CopyTupleReader tuples, SummaryBatch texts) =>
        tuples.TryField(out ReadOnlySpan<byte> text) ? texts.AddText(text) : TextRef.Null;

    /// <summary>Converts a stored number to micros, exactly for all values below 2·10^9.</summary>
    private static long Micros(double real)
    {
        double scaled = Math.Round(real * 1e6);
        return Math.Abs(scaled) < 9.2e18 ? (long)scaled : UserProfile.Missing;
    }
}
