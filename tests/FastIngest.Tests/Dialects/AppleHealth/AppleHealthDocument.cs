using System.Globalization;
using System.Text;
using System.Xml;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Dialects.AppleHealth;

/// <summary>Writes random well-formed exports, and the same content in the usual form as an XML reader of the platform understands it.</summary>
internal static class AppleHealthDocument
{
    private static readonly string[] Sources = ["Watch", "Ada\u2019s iPhone", "A & B <1>", "say \"hi\"", "o'clock", "\u65E5\u672C \U0001F642", "tab\tand\nbreak", ""];

    private static readonly (string Type, string? Unit)[] Types =
    [
        ("HKQuantityTypeIdentifierStepCount", "count"), ("HKQuantityTypeIdentifierHeartRate", "count/min"), ("HKQuantityTypeIdentifierBodyMass", "lb"),
        ("HKQuantityTypeIdentifierOxygenSaturation", "%"), ("HKQuantityTypeIdentifierBloodGlucose", "mmol<180.1558800000541>/L"), ("HKQuantityTypeIdentifierFuture", "furlong"),
        ("HKCategoryTypeIdentifierSleepAnalysis", null), ("HKCategoryTypeIdentifierAppleStandHour", null), ("HKCategoryTypeIdentifierMindfulSession", null),
        ("HKCategoryTypeIdentifierLowHeartRateEvent", null), ("HKDataTypeSleepDurationGoal", "hr"), ("HKQuantityTypeIdentifierBodyMass", null),
    ];

    private static readonly string[] Values =
        ["1", "72.5", "0.97", "1e2", "HKCategoryValueSleepAnalysisAsleepCore", "HKCategoryValueSleepAnalysisInBed", "HKCategoryValueSleepAnalysisAwake", "HKCategoryValueAppleStandHourStood",
         "HKCategoryValueAppleStandHourIdle", "heavy", ""];

    private static readonly string[] Others = ["ActivitySummary", "ClinicalRecord", "ExportDate", "Me", "StateOfMind"];

    /// <summary>Writes a document with comments, sections, any quotes, any order of attributes and any white space.</summary>
    public static byte[] Write(Random random)
    {
        StringBuilder text = new();
        string feed = random.OneIn(3) ? "\r\n" : random.OneIn(4) ? "" : "\n";
        if (random.OneIn(2))
        {
            text.Append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").Append(feed);
            text.Append("<!DOCTYPE HealthData [").Append(feed).Append("<!-- HealthKit's \"Version\" <Record/> --><!ELEMENT HealthData ANY>").Append(feed).Append("]>").Append(feed);
        }

        text.Append("<HealthData locale=\"en_US\">");
        int count = random.Next(60);
        for (int i = 0; i < count; i++)
        {
            text.Append(feed).Append(feed.Length > 0 ? " " : "");
            WriteChild(random, text, feed);
        }

        return Encoding.UTF8.GetBytes(text.Append(feed).Append("</HealthData>").Append(feed).ToString());
    }

    /// <summary>Writes the elements of a document as Apple does, and counts them by name.</summary>
    public static byte[] Normalize(byte[] document, Dictionary<string, long> names)
    {
        StringBuilder text = new();
        using XmlReader reader = XmlReader.Create(new MemoryStream(document), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        int correlationDepth = int.MaxValue;
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.EndElement)
            {
                correlationDepth = reader.Depth == correlationDepth ? int.MaxValue : correlationDepth;
                text.Append(CultureInfo.InvariantCulture, $"{new string(' ', reader.Depth)}</{reader.Name}>\n");
                continue;
            }

            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            if (reader.Depth > 0)
            {
                string name = reader.Name == "Record" && reader.Depth > correlationDepth ? "Record in a Correlation" : reader.Name;
                names[name] = names.GetValueOrDefault(name) + 1;
            }

            correlationDepth = reader is { Name: "Correlation", IsEmptyElement: false } ? reader.Depth : correlationDepth;
            text.Append(CultureInfo.InvariantCulture, $"{new string(' ', reader.Depth)}<{reader.Name}");
            bool isEmpty = reader.IsEmptyElement;
            SortedDictionary<string, string> attributes = new(StringComparer.Ordinal);
            while (reader.MoveToNextAttribute())
            {
                attributes.Add(reader.Name, reader.Value);
            }

            foreach ((string name, string value) in attributes)
            {
                text.Append(CultureInfo.InvariantCulture, $" {name}=\"{Escape(value, '"')}\"");
            }

            text.Append(isEmpty ? "/>\n" : ">\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void WriteChild(Random random, StringBuilder text, string feed)
    {
        switch (random.Next(14))
        {
            case 0:
                text.Append("<!-- a comment with <Record value=\"1\"/> and - -->");
                break;
            case 1:
                text.Append("<?target <Record value=\"1\"/> ?>");
                break;
            case 2:
                text.Append("<![CDATA[ <Record value=\"1\"/> ]] > ]]>");
                break;
            case 3:
                WriteElement(random, text, random.Any(Others), Times(random), "");
                break;
            case 4:
                string nested = string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => Record(random)));
                WriteElement(random, text, "Correlation", Times(random), random.OneIn(4) ? "" : feed + nested + "<!-- </Correlation> -->" + feed);
                break;
            case 5:
                WriteElement(random, text, "Workout", [("workoutActivityType", "HKWorkoutActivityTypeRunning"), ("duration", random.Any(["30", "x", "12.25"])), .. Times(random)], WorkoutBody(random, feed));
                break;
            default:
                text.Append(Record(random));
                break;
        }
    }

    private static string WorkoutBody(Random random, string feed)
    {
        StringBuilder text = new();
        string statistics = $"<WorkoutStatistics unit='kcal' type='HKQuantityTypeIdentifierActiveEnergyBurned' sum='{random.Next(500)}'/>";
        for (int i = random.Next(4); i > 0; i--)
        {
            text.Append(feed).Append(random.Any([statistics, $"<WorkoutActivity>{statistics}</WorkoutActivity>", "<WorkoutEvent type='</Workout'/>".Replace("</", "", StringComparison.Ordinal), "<!-- </Workout> -->"]));
        }

        return text.ToString();
    }

    private static string Record(Random random)
    {
        StringBuilder text = new();
        (string type, string? unit) = random.Any(Types);
        List<(string, string)> attributes = [("type", type), ("sourceName", random.Any(Sources)), ("device", $"<<HKDevice: 0x{random.Next():x}>, name:Apple Watch>"), .. Times(random)];
        if (unit is not null)
        {
            attributes.Add(("unit", unit));
        }

        if (!random.OneIn(8))
        {
            attributes.Add(("value", random.Any(Values)));
        }

        WriteElement(random, text, "Record", attributes, random.OneIn(2) ? "" : "<MetadataEntry key=\"a>b\" value='&lt;Record '/>");
        return text.ToString();
    }

    private static List<(string, string)> Times(Random random)
    {
        DateTime start = new DateTime(2024, 3, 30).AddMinutes(random.Next(4000));
        string zone = random.Any(["+0100", "+0200", "-0930"]);
        List<(string, string)> times = [("startDate", Stamp(start) + zone)];
        if (!random.OneIn(6))
        {
            times.Add(("endDate", Stamp(start.AddMinutes(random.Next(600))) + zone));
        }

        return times;
    }

    private static string Stamp(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss ", CultureInfo.InvariantCulture);

    private static void WriteElement(Random random, StringBuilder text, string name, List<(string Name, string Value)> attributes, string body)
    {
        if (random.OneIn(3))
        {
            attributes = [.. attributes.OrderBy(_ => random.Next())];
        }

        text.Append('<').Append(name);
        foreach ((string attribute, string value) in attributes)
        {
            char quote = random.OneIn(6) ? '\'' : '"';
            string blank = random.OneIn(20) ? "\r\n\t" : " ";
            text.Append(blank).Append(attribute).Append(random.OneIn(20) ? " = " : "=").Append(quote).Append(Escape(value, quote, random)).Append(quote);
        }

        text.Append(body.Length > 0 ? $">{body}</{name}>" : random.OneIn(5) ? $" ></{name} >" : "/>");
    }

    private static string Escape(string value, char quote, Random? random = null)
    {
        StringBuilder text = new();
        foreach (char c in value)
        {
            text.Append(c switch
            {
                '<' => random?.OneIn(3) == true ? "&#x3C;" : "&lt;",
                '&' => random?.OneIn(3) == true ? "&#38;" : "&amp;",
                '>' when random?.OneIn(2) == true => ">",
                '>' => "&gt;",
                '"' or '\'' when c == quote || random?.OneIn(2) == true => c == '"' ? "&quot;" : "&apos;",
                '\t' or '\n' => $"&#{(int)c};",
                _ => c.ToString(),
            });
        }

        return text.ToString();
    }
}
