using FastIngest.Pipeline.Original;

namespace FastIngest.Tests.Original;

public class OriginalDateTests
{
    [Fact]
    public void The_usual_form_is_accepted_exactly_as_the_regular_expression_accepts_it()
    {
        Random random = new(9);
        int accepted = 0;
        for (int i = 0; i < 50_000; i++)
        {
            char[] text = "2024-02-28 19:59:60".ToCharArray();
            for (int changes = random.Next(3); changes > 0; changes--)
                text[random.Next(text.Length)] = "0123456789: T/x"[random.Next(15)];

            // Only the regular expression knows times with a fraction.
            int? day = OriginalDate.Day(new string(text));
            Assert.Equal(OriginalDate.Day(new string(text) + ".0"), day);
            accepted += day is null ? 0 : 1;
        }

        Assert.InRange(accepted, 10_000, 40_000);
    }
}
