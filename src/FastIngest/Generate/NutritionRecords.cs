using FastIngest.Health;

namespace FastIngest.Generate;

/// <summary>Four meals per day, each with its nutrients and foods.</summary>
internal sealed class NutritionRecords() : RecordKind(Category.Nutrition)
{
    private static readonly Field UserId = Field.First("user_id");
    private static readonly Field Date = Field.Named("date");
    private static readonly Field MealType = Field.Named("meal_type");
    private static readonly Field Calories = Field.Named("calories");
    private static readonly Field Protein = Field.Named("protein");
    private static readonly Field Carbs = Field.Named("carbs");
    private static readonly Field Fat = Field.Named("fat");
    private static readonly Field Fiber = Field.Named("fiber");
    private static readonly Field Sugar = Field.Named("sugar");
    private static readonly Field Sodium = Field.Named("sodium");
    private static readonly Field Foods = Field.Named("foods");
    private static readonly Field Notes = Field.Named("notes");

    // The name, the range of energy in kcal, and the possible foods of each meal.
    private static readonly (byte[] Name, int Low, int High, byte[][] Foods)[] Meals =
    [
        (JsonText.Quote("breakfast"), 220, 620, JsonText.QuoteAll("Oatmeal", "Greek yogurt", "Müsli", "Scrambled eggs", "Whole-grain toast", "Banana", "Blueberries", "Jalapeño omelette")),
        (JsonText.Quote("lunch"), 380, 900, JsonText.QuoteAll("Chicken salad", "Lentil soup", "Brown rice", "Tuna sandwich", "Quinoa bowl", "Black beans", "Avocado", "Crème fraîche")),
        (JsonText.Quote("dinner"), 420, 1050, JsonText.QuoteAll("Grilled salmon", "Roast vegetables", "Pasta al pesto", "Tofu stir-fry", "Beef stew", "Phở bò", "Baked potato", "Green salad")),
        (JsonText.Quote("snack"), 80, 340, JsonText.QuoteAll("Almonds", "Apple", "Dark chocolate", "Protein bar", "Hummus and carrots", "Rice cakes", "Açaí smoothie", "Cottage cheese")),
    ];

    private static readonly byte[][] Remarks = JsonText.QuoteAll(
        "Ate out", "Cooked at home", "Half portion,\nrest for tomorrow", "Felt great 💪", "Recipe: \"Nonna's\"", "Too late in the evening");

    public override void Write(DayCell cell, RecordWriter writer)
    {
        ref RandomSource random = ref cell.Random;
        foreach ((byte[] name, int low, int high, byte[][] foods) in Meals)
        {
            int calories = random.Around(low, high);

            // Shares of the energy in percent. Protein and carbohydrate have 4 kcal per gram, fat has 9.
            int proteinShare = random.Between(12, 32);
            int fatShare = random.Between(20, 40);
            int carbs = calories * (100 - proteinShare - fatShare) / 40;
            writer.Begin();
            writer.Text(UserId, cell.Person.Id);
            writer.Date(Date, cell.DateText);
            writer.Text(MealType, name);
            writer.Integer(Calories, calories);
            writer.Tenths(Protein, calories * proteinShare / 40);
            writer.Tenths(Carbs, carbs);
            writer.Tenths(Fat, calories * fatShare / 90);
            writer.Tenths(Fiber, carbs * random.Between(5, 20) / 100);
            writer.Tenths(Sugar, carbs * random.Between(10, 45) / 100);
            writer.Integer(Sodium, calories * random.Between(5, 18) / 10);
            writer.Texts(Foods, foods.AsSpan(random.Below(foods.Length - 2), random.Chance(70) ? 3 : 2));
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
}
