using System.Text.Json;
using FastIngest.Dialects.Contract;
using FastIngest.Samples;

namespace FastIngest.Dialects.GoogleFit;

/// <summary>The values of a point with more than one: <c>[{"value": {"fpVal": 120.0}}, {"value": {"fpVal": 80.0}}, {}]</c>, numbers in micros.</summary>
internal ref struct FitValueList
{
    /// <summary>The indexes of nutrients.</summary>
    public const int Calories = 0, Protein = 1, Carbohydrates = 2, Fat = 3;

    private static readonly string[] Fields = ["fitValue.mapVal.calories", "fitValue.mapVal.protein", "fitValue.mapVal.carbs.total", "fitValue.mapVal.fat.total"];

    private long? _calories, _protein, _carbohydrates, _fat;

    /// <summary>The first value; null when it is no number.</summary>
    public long? First { get; private set; }

    /// <summary>The second value; null when it is no number.</summary>
    public long? Second { get; private set; }

    /// <summary>The last text, without escapes; empty when there is none or when it has escapes.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>A nutrient in kcal or grams; null without one.</summary>
    public readonly long? this[int nutrient] => nutrient switch { Calories => _calories, Protein => _protein, Carbohydrates => _carbohydrates, _ => _fat };

    /// <summary>Reads the values.</summary>
    /// <param name="values">The bytes from the opening bracket on; empty for none.</param>
    /// <param name="offset">The offset of the record in its file, in bytes.</param>
    /// <param name="records">Counts nutrients that cannot be read.</param>
    public static FitValueList Read(ReadOnlySpan<byte> values, long offset, RecordReceiver records)
    {
        FitValueList list = default;
        if (values.IsEmpty || values[0] != '[')
        {
            return list;
        }

        // The bracket of the list has the depth 0, an element 1, its value 2, and a map in it 3.
        Utf8JsonReader json = new(values);
        json.Read();
        int index = -1;
        while (json.Read() && json.CurrentDepth > 0)
        {
            if (json.TokenType == JsonTokenType.StartObject && json.CurrentDepth == 1)
            {
                index++;
            }
            else if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 3)
            {
                list.ReadMember(ref json, index, offset, records);
            }
        }

        return list;
    }

    private void ReadMember(ref Utf8JsonReader json, int index, long offset, RecordReceiver records)
    {
        bool isNumber = json.ValueTextEquals("fpVal"u8) || json.ValueTextEquals("intVal"u8);
        bool isText = json.ValueTextEquals("stringVal"u8);
        bool isMap = json.ValueTextEquals("mapVal"u8);
        json.Read();
        if (isNumber && index < 2 && json.TokenType == JsonTokenType.Number && Quantity.TryParse(json.ValueSpan, UnitFactor.One, out long micros))
        {
            First = index == 0 ? micros : First;
            Second = index == 1 ? micros : Second;
        }
        else if (isText && json.TokenType == JsonTokenType.String && !json.ValueIsEscaped)
        {
            Text = json.ValueSpan;
        }
        else if (isMap && json.TokenType == JsonTokenType.StartArray)
        {
            ReadMap(ref json, offset, records);
        }
        else
        {
            json.Skip();
        }
    }

    /// <summary>Reads <c>[{"key": "calories", "value": {"fpVal": 250.0}}, …]</c>.</summary>
    private void ReadMap(ref Utf8JsonReader json, long offset, RecordReceiver records)
    {
        int depth = json.CurrentDepth;
        int nutrient = -1;
        bool isKey = false;
        while (json.Read() && json.CurrentDepth > depth)
        {
            switch (json.TokenType)
            {
                case JsonTokenType.StartObject when json.CurrentDepth == depth + 1:
                    nutrient = -1;
                    break;
                case JsonTokenType.PropertyName:
                    isKey = json.CurrentDepth == depth + 2 && json.ValueTextEquals("key"u8);
                    break;
                case JsonTokenType.String when isKey:
                    nutrient = json.ValueTextEquals("calories"u8) ? Calories
                        : json.ValueTextEquals("protein"u8) ? Protein
                        : json.ValueTextEquals("carbs.total"u8) ? Carbohydrates
                        : json.ValueTextEquals("fat.total"u8) ? Fat : -1;
                    break;
                case JsonTokenType.Number or JsonTokenType.String when nutrient >= 0 && Quantity.TryParse(json.ValueSpan, UnitFactor.One, out long micros):
                    Set(nutrient, micros);
                    break;
                case JsonTokenType.Number or JsonTokenType.String or JsonTokenType.True or JsonTokenType.False when nutrient >= 0:
                    records.CountUnreadable(Fields[nutrient], offset, json.ValueSpan, json.TokenType == JsonTokenType.String);
                    break;
            }
        }
    }

    private void Set(int nutrient, long micros)
    {
        switch (nutrient)
        {
            case Calories:
                _calories = micros;
                break;
            case Protein:
                _protein = micros;
                break;
            case Carbohydrates:
                _carbohydrates = micros;
                break;
            default:
                _fat = micros;
                break;
        }
    }
}
