using System.Text;
using FastIngest.Health;

namespace FastIngest.Tests.Pipeline;

/// <summary>A random file of one category, determined by a seed: valid and unusual records in some framing, with damage.</summary>
internal sealed class RandomDocument
{
    private static readonly string[] Ids = ["\"u1\"", "\"u2\"", "17", "\"é\\n\"", "\"\\ud83d\\ude00\"", "\"u1\\u0031\"", "true", "\"\"", "null", "{}", "\"\\ud800\"", "\"\uFF21\""];
    private static readonly string[] Days =
    [
        "\"2024-01-01\"", "\"2024-01-02T10:00:00Z\"", "\"2024-01-01 23:59:60.5+01:00\"", "null", "\"2023-02-29\"", "\"0001-01-01\"", "7", "\"9999-12-31\"", "\"2024\\u002d01-01\"",
        "1704153600", "\"1704153600123\"", "1704153600123456789", "\"2024-01-01 7:05 pm\"", "\"2024-01-01\u00a011:59:59.5\u202fA.M. +1000\"", "\"2024-01-01T10:00:00 -05\"", "\"03/04/2024\"", "\"1.2.24 10:00\"",
        "\"1899-12-31\"", "\"2024-01-01 13:00 AM\"", "20240101",
    ];
    private static readonly string[] Values =
    [
        "1", "-0", "0.1", "1.5e1", "\" 12.50\\n\"", "\"1e3\"", "9000000000000", "9000000000000.0000004", "-9e12", "1e13", "1e999", "0.0000005", "0.0000015", "-0.0000025", "null", "true", "\"run\"", "\"\"",
        "[1,{\"user_id\":\"in\"}]", "{\"a\":{\"b\":[]}}", "\"a\\\\\\\"b}\"", "123456789012345678901234567890e-20", "0.00000250000000000000000000000000000000000000000000001", "\"{\\\"\"", "\"x, {\\\"user_id\\\": 1}\"", "1.0", "52", "52.25", "7.000001",
        "\"12,5\"", "\"1,250\"", "\"30 g\"", "\"N/A\"", "\" \"", "9000", "-5", "19.999999", "300.000001",
    ];
    private static readonly string[] Names =
    [
        "duration", "calories_burned", "distance", "steps", "heart_rate_max", "heart_rate_avg", "weather", "activity_type", "workout_type", "sets", "reps", "meal_type", "calories", "protein", "carbs", "fat", "total_sleep",
        "deep_sleep", "rem_sleep", "sleep_quality", "resting_heart_rate", "name", "age", "gender", "height", "weight", "fitness_level", "id", "x_id", "timestamp", "date_time", "v\\u0061lue", "value", "é", "\\u00e9", "", "z\\/\\\"",
    ];
    /// <summary>The name of the array of records in a wrapper, after other arrays.</summary>
    private static readonly string[] Arrays = ["\"data\"", "\"data\"", "\"steps\":[{\"a\":1}],\"Sleep\"", "\"users\":[],\"data\"", "\"users\":[\"u\"],\"\\u0068eart_rate\"", "\"x\":[{}],\"in\":{\"sleep\":[]},\"data\""];

    private static readonly string[] Garbage = ["tru", "}", "]", "[", "{", "\"", "{\"a\":", "nonsense", "[1,", "\\", "/*x*/", "\0", "{}", "[[{}]]", "7", "\"s\"", "null", ",,", "{:[{}]}", ":", "-", "\uFEFF"];
    private static readonly string[] Separators = [",", ",\n", "\n", "\r\n", " ", ", ", "", ",\r\n  "];

    private readonly Random _random;
    private readonly Category _category;
    private readonly StringBuilder _text = new();

    public RandomDocument(Random random, Category category)
    {
        (_random, _category) = (random, category);
        int damage = random.Next(3);
        _text.Append(random.Next(6) == 0 ? "\uFEFF" : "").Append(random.Next(6) == 0 ? " \r\n" : "");
        for (int parts = random.Next(4) == 0 ? random.Next(1, 4) : 1; parts > 0; parts--)
        {
            AppendPart(damage);
        }

        Bytes = Encoding.UTF8.GetBytes(_text.ToString());
        for (int flips = damage == 2 ? random.Next(4) : 0; flips > 0 && Bytes.Length > 0; flips--)
        {
            Bytes[random.Next(Bytes.Length)] = (byte)(random.Next(3) == 0 ? random.Next(256) : Pick("{}[]\",:\\ \n")[0]);
        }

        if (damage == 2 && random.Next(3) == 0)
        {
            Bytes = Bytes[..random.Next(Bytes.Length + 1)];
        }
    }

    public byte[] Bytes { get; }

    private void AppendPart(int damage)
    {
        int framing = _random.Next(4);
        string separator = Pick(Separators);
        string filler = _random.Next(10) == 0 ? $"\"note\":\"{new string('x', _random.Next(6000))}\"," : "";
        _text.Append(framing switch { 0 or 1 => "[", 2 => $"{{{filler}\"exported\":{Pick(Values)},{Lone(damage)}{(_random.Next(3) == 0 ? "\"in\":{" : "")}{Pick(Arrays)}: [", _ => "" });
        for (int records = _random.Next(14); records > 0; records--)
        {
            string record = _random.Next(30) == 0 ? $"[{Record()},{Record()}]" : Record();
            _text.Append(damage > 0 && _random.Next(6) == 0 ? Torn(record) : record);
            _text.Append(damage > 0 && _random.Next(8) == 0 ? Damage() : "");
            _text.Append(records == 1 && _random.Next(4) > 0 ? "" : _random.Next(12) == 0 ? Pick(Separators) : separator);
        }

        _text.Append(framing switch { 0 or 1 => "]", 2 => _random.Next(3) == 0 ? "],\"user_id\":1}" : $"],{Lone(damage)}\"more\":[{{}}]}}", _ => "" }).Append(Pick(Separators));
    }

    /// <summary>Sometimes a record without an array, as a member of a wrapper.</summary>
    private string Lone(int damage)
    {
        if (_random.Next(4) > 0)
        {
            return "";
        }

        string record = damage > 0 && _random.Next(3) == 0 ? Torn(Record()) : Record();
        return $"\"{Pick(["workouts", "Sleep", "extra", "2024-01-01"])}\":{(_random.Next(4) == 0 ? $"{{\"sleep\": {record}}}" : record)},";
    }

    /// <summary>Garbage, and cases at the limits of resuming after an error: the 16 places tried, and blanks beyond a window.</summary>
    private string Damage() => _random.Next(10) switch
    {
        0 => $",{{\"a\":\"{Places()},{Record()}\n",
        1 => $",[\"{Places()}\",{Record()}]",
        2 when _random.Next(4) == 0 => $"x\n{new string(' ', _random.Next(140_000))}{{}},",
        2 => $"}}{new string('\t', _random.Next(400))}",
        _ => Pick(Garbage),
    };

    private string Places() => string.Concat(Enumerable.Repeat(",{x", _random.Next(13, 19)));

    private string Torn(string record)
    {
        int at = _random.Next(record.Length);
        return _random.Next(4) switch
        {
            0 => record[..at],
            1 => record[at..],
            2 => record.Remove(at, 1),
            _ => record.Insert(at, Pick(Garbage)),
        };
    }

    private string Record()
    {
        List<string> fields = [];
        if (_random.Next(15) > 0)
        {
            fields.Add($"\"{(_random.Next(10) == 0 ? "user\\u005fid" : "user_id")}\":{Blank()}{Usual(Ids, 3)}");
        }

        if (_random.Next(15) > 0)
        {
            fields.Add($"\"{(_category == Category.HeartRate ? "date_time" : "date")}\":{Blank()}{Usual(Days, 3)}");
        }

        if (_category == Category.HeartRate && _random.Next(15) > 0)
        {
            fields.Add($"\"value\":{Usual(Values, 4)}");
        }

        for (int more = _random.Next(_random.Next(5) == 0 ? 40 : 8); more > 0; more--)
        {
            fields.Add($"{Blank()}\"{Pick(Names)}\":{Blank()}{Pick(Values)}");
        }

        if (_random.Next(60) == 0)
        {
            fields.Add($"\"long\":\"{new string('y', _random.Next(40_000))}\"");
        }

        if (_random.Next(60) == 0)
        {
            int depth = _random.Next(55, 70);
            fields.Add($"\"deep\":{new string('[', depth)}{new string(']', depth)}");
        }

        if (_random.Next(4) == 0)
        {
            _random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(fields));
        }

        return $"{{{string.Join(',', fields)}{Blank()}}}";
    }

    private string Blank() => _random.Next(12) switch { 0 => "\n", 1 => " ", 2 => "\r\n  ", _ => "" };

    /// <summary>Returns mostly one of the first few values.</summary>
    private string Usual(string[] of, int count) => _random.Next(5) == 0 ? Pick(of) : of[_random.Next(count)];

    private string Pick(string[] of) => of[_random.Next(of.Length)];

    private string Pick(string of) => of[_random.Next(of.Length)].ToString();
}
