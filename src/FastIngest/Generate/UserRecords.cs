using System.Globalization;
using System.Text;
using FastIngest.Health;

namespace FastIngest.Generate;

/// <summary>One record per user.</summary>
internal sealed class UserRecords() : RecordKind(Category.Users)
{
    private static readonly Field UserId = Field.First("user_id");
    private static readonly Field Name = Field.Named("name");
    private static readonly Field Email = Field.Named("email");
    private static readonly Field Age = Field.Named("age");
    private static readonly Field Gender = Field.Named("gender");
    private static readonly Field Height = Field.Named("height");
    private static readonly Field Weight = Field.Named("weight");
    private static readonly Field FitnessLevel = Field.Named("fitness_level");
    private static readonly Field JoinDate = Field.Named("join_date");

    private static readonly byte[][] Genders = JsonText.QuoteAll("Male", "Female", "Other");
    private static readonly byte[][] FitnessLevels = JsonText.QuoteAll("Beginner", "Intermediate", "Advanced");

    public override bool OncePerUser => true;

    public override void Write(DayCell cell, RecordWriter writer)
    {
        Person person = cell.Person;
        ref RandomSource random = ref cell.Random;
        writer.Begin();
        writer.Text(UserId, person.Id);
        writer.Text(Name, person.Name);
        writer.Text(Email, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"user{person.Number}@example.com\"")));
        writer.Integer(Age, person.Age);
        writer.Text(Gender, random.Chance(4) ? Genders[2] : Genders[person.IsFemale ? 1 : 0]);
        writer.Tenths(Height, person.Height);
        writer.Tenths(Weight, person.Weight);
        writer.Text(FitnessLevel, FitnessLevels[person.Fitness]);
        writer.Text(JoinDate, JsonText.Quote(DayCell.FirstDay.AddDays(-1 - random.Below(700)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
        writer.End(cell);
    }
}
