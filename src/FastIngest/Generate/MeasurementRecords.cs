using FastIngest.Health;

namespace FastIngest.Generate;

/// <summary>One record on the first day of each month. Some measurements are randomly missing.</summary>
internal sealed class MeasurementRecords() : RecordKind(Category.Measurements)
{
    private static readonly Field MeasurementId = Field.First("measurement_id");
    private static readonly Field UserId = Field.Named("user_id");
    private static readonly Field Date = Field.Named("date");
    private static readonly Field Weight = Field.Named("weight");
    private static readonly Field BodyFat = Field.Named("body_fat");
    private static readonly Field MuscleMass = Field.Named("muscle_mass");
    private static readonly Field Bmi = Field.Named("bmi");
    private static readonly Field Notes = Field.Named("notes");

    // Each field has the percentage of records without it, and its range in tenths (of cm, percent or kg).
    private static readonly (Field Field, int MissingPercent, int Low, int High)[] Others =
    [
        (Field.Named("waist"), 5, 600, 1150),
        (Field.Named("chest"), 5, 780, 1250),
        (Field.Named("bicep"), 15, 240, 450),
        (Field.Named("thigh"), 15, 430, 700),
        (Field.Named("body_water"), 25, 420, 650),
        (Field.Named("bone_mass"), 25, 22, 42),
    ];

    private static readonly byte[][] Remarks = JsonText.QuoteAll("After breakfast", "New scale", "Evening", "Après l'entraînement");

    public override void Write(DayCell cell, RecordWriter writer)
    {
        if (!cell.BeginsMonth)
        {
            return;
        }

        Person person = cell.Person;
        ref RandomSource random = ref cell.Random;
        int month = ((cell.Date.Year - DayCell.FirstDay.Year) * 12) + cell.Date.Month;
        int weight = person.Weight + random.Around(-25, 25);
        int fat = random.Around(-30, 30) + (person.IsFemale ? 280 : 200) - (25 * person.Fitness);
        writer.Begin();
        writer.Integer(MeasurementId, (person.Number * 1000) + month);
        writer.Text(UserId, person.Id);
        writer.Date(Date, cell.DateText);
        writer.Tenths(Weight, weight);
        writer.Tenths(BodyFat, fat);
        writer.Tenths(MuscleMass, weight * (880 - fat) / 1600);
        writer.Tenths(Bmi, (int)(weight * 1_000_000L / (person.Height * person.Height)));
        foreach ((Field field, int missingPercent, int low, int high) in Others)
        {
            int value = random.Around(low, high);
            if (random.Chance(missingPercent))
            {
                writer.Null(field);
            }
            else
            {
                writer.Tenths(field, value);
            }
        }

        if (random.Chance(20))
        {
            writer.Text(Notes, Remarks[random.Below(Remarks.Length)]);
        }
        else
        {
            writer.Null(Notes);
        }

        writer.End(cell);
    }
}
